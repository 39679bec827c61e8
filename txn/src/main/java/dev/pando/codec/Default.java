package dev.pando.codec;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The value of a record component in rows that were written before the component was added; see
 * {@link Codec#record(Class, Codec[])}.
 *
 * {@snippet :
 * record Order(long id, String customer, @Default("EUR") String currency, @Default int priority) {}
 * }
 *
 * <p>The text is parsed for the component's type when the codec is made, which refuses a text that
 * does not parse. Numbers are in decimal, as their {@code parse} methods and {@code valueOf} read
 * them. A {@code boolean} is {@code true} or {@code false}. An enum has the name of a constant. A
 * {@code char} is itself. A {@code UUID}, an {@code Instant}, and a duration, a date or a time
 * without a zone have their usual text. An array of bytes is empty.
 *
 * <p>Without a text it is zero for a number, false for a {@code boolean}, the empty string for a
 * {@code String}, the empty array for a {@code byte[]}, and for other types null, if the
 * component's codec takes null.
 *
 * <p>The text is not stored. Programs with other texts read other values from the same rows.
 *
 * <p>New components may be added at the end of a record that is a table's value, or is permitted by
 * a sealed interface whose values are, if each has this or a codec by {@link Codec#nullable} or
 * {@link Codec#optional}. Rows that are there are read with the default, null or none. From the
 * first write with the new record on, the old one is refused. The last component before must show
 * its end: numbers, times without a zone, {@link Codec#bool}, {@link Codec#uuid}, {@link
 * Codec#utf8}, enums, and records, nullable and optional ones of these. After others, for other
 * changes, and for records inside of other values, which do not show where they end, {@link
 * dev.pando.Database#convert} writes the table again. Keys never grow.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Default {
  /** The value, or nothing for zero, false, the empty string or null. */
  String value() default "";
}
