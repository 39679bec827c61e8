package dev.pando.codec;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Makes codecs of their ids. An id is a name, and in parentheses the ids of the codecs that it is
 * made of, with commas between them. A record has a name and a colon before each.
 */
final class CodecParser {
  /** Characters of the longest id. */
  private static final int MAX_LENGTH = 0xFFFF;

  /** The depth of the deepest id: it is parsed, and its values are read, by calls in calls. */
  private static final int MAX_DEPTH = 64;

  /** Characters of an id that a message shows. */
  private static final int MAX_SHOWN = 500;

  /**
   * A name.
   *
   * @param least codecs in its parentheses
   * @param most codecs in its parentheses
   */
  private record Form(int least, int most, Function<List<Codec<Object>>, Codec<?>> make) {}

  /** JSON as its text, without Jackson. */
  private static final Codec<String> JSON =
      new MappedCodec<>(
          "json", String.class, Utf8Codec.UTF8, false, Function.identity(), Function.identity());

  /** All names but those of records, sealed interfaces, languages and references. */
  private static final Map<String, Form> FORMS =
      Map.ofEntries(
          single(Codec.u64()),
          single(Codec.i64()),
          single(Codec.u32()),
          single(Codec.i32()),
          single(Codec.f64()),
          single(Codec.bool()),
          single(Codec.utf8()),
          single(Codec.bytes()),
          single(Codec.uuid()),
          single(Codec.instant()),
          single(Codec.f32()),
          single(Codec.i16()),
          single(Codec.i8()),
          single(Codec.character()),
          single(Codec.bigInteger()),
          single(Codec.bigDecimal()),
          single(Codec.uri()),
          single(TimeCodec.DURATION),
          single(TimeCodec.DATE),
          single(TimeCodec.TIME),
          single(TimeCodec.DATE_TIME),
          single(TimeCodec.OFFSET),
          single(TimeCodec.ZONED),
          single(EnumNameCodec.NAMES),
          single(Codec.unit(Fields.of(Map.of()))),
          single(JSON),
          of("list", 1, 1, parts -> new ListCodec<>(parts.getFirst())),
          of("set", 1, 1, parts -> new SetCodec<>(parts.getFirst())),
          of("map", 2, 2, parts -> new MapCodec<>(parts.get(0), parts.get(1))),
          of("array", 1, 1, parts -> array(parts.getFirst())),
          of("nullable", 1, 1, parts -> Codec.nullable(parts.getFirst())),
          of("descending", 1, 1, parts -> Codec.descending(parts.getFirst())),
          of("tuple", 2, 4, CodecParser::tuple));

  /** Strings after the rules of a language; its parentheses hold no codecs. */
  private static final String COLLATED = "collated";

  /** In the order of the constants of {@link java.text.Collator}, from 0 on. */
  private static final List<String> STRENGTHS =
      List.of("primary", "secondary", "tertiary", "identical");

  private static final List<Class<?>> ARRAYS =
      List.of(
          long[].class,
          int[].class,
          short[].class,
          char[].class,
          double[].class,
          float[].class,
          boolean[].class);

  /**
   * A record or a sealed interface around the id that is parsed.
   *
   * @param depth its own
   */
  private record Around(int depth, SelfCodec.Target target) {}

  private final String id;
  private final List<Around> around = new ArrayList<>();
  private int at;

  private CodecParser(String id) {
    this.id = id;
  }

  private static Map.Entry<String, Form> single(Codec<?> codec) {
    return of(codec.id(), 0, 0, _ -> codec);
  }

  private static Map.Entry<String, Form> of(
      String name, int least, int most, Function<List<Codec<Object>>, Codec<?>> make) {
    return Map.entry(name, new Form(least, most, make));
  }

  private static Codec<?> array(Codec<?> element) {
    String id = "array(" + element.id() + ")";
    for (Class<?> type : ARRAYS) {
      Codec<?> codec = TypeCodecs.ofArray(type);
      if (codec.id().equals(id)) {
        return codec;
      }
    }
    throw new IllegalArgumentException("there are no such arrays");
  }

  private static Codec<?> tuple(List<Codec<Object>> parts) {
    return switch (parts.size()) {
      case 2 -> Codec.tuple(parts.get(0), parts.get(1));
      case 3 -> Codec.tuple(parts.get(0), parts.get(1), parts.get(2));
      default -> Codec.tuple(parts.get(0), parts.get(1), parts.get(2), parts.get(3));
    };
  }

  /**
   * The codec of an id.
   *
   * @throws IllegalArgumentException if it is not known, or malformed
   */
  static Codec<Object> parse(String id) {
    if (id.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "codec id length=%d, allowed at most %d characters".formatted(id.length(), MAX_LENGTH));
    }
    CodecParser parser = new CodecParser(id);
    Codec<Object> codec = parser.codec(1, true);
    if (parser.at < id.length()) {
      throw parser.wrong("the end");
    }
    return codec;
  }

  /**
   * Parses an id.
   *
   * @param isWhole whether its values are at the end of the bytes, so that rows may be shorter
   */
  private Codec<Object> codec(int depth, boolean isWhole) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException(
          "codec id of %d characters: it is nested deeper than %d"
              .formatted(id.length(), MAX_DEPTH));
    }
    int begin = at;
    String name = name();
    return switch (name) {
      case IdTree.RECORD, IdTree.SEALED -> ofParts(name, depth, isWhole);
      case COLLATED -> any(collated(begin));
      case SelfCodec.NAME -> self(begin, depth);
      default -> made(name, begin, depth);
    };
  }

  private Codec<Object> made(String name, int begin, int depth) {
    Form form = FORMS.get(name);
    List<Codec<Object>> parts = parts(depth);
    if (form == null || parts.size() < form.least || parts.size() > form.most) {
      throw unknown(begin, form == null ? "no codec is known by its name" : count(form));
    }
    try {
      return any(form.make.apply(parts));
    } catch (IllegalArgumentException e) {
      throw unknown(begin, String.valueOf(e.getMessage()));
    }
  }

  /** A codec to which those in it may refer. */
  private Codec<Object> ofParts(String name, int depth, boolean isWhole) {
    Around mine = new Around(depth, new SelfCodec.Target());
    around.add(mine);
    need('(', "an opening parenthesis");
    Codec<Object> made =
        any(name.equals(IdTree.RECORD) ? record(depth, isWhole) : sealed(depth, isWhole));
    around.removeLast();
    mine.target.set(made);
    return made;
  }

  private Codec<Object> self(int begin, int depth) {
    need('(', "an opening parenthesis");
    String _ = name();
    need(')', "a closing parenthesis");
    int level = SelfCodec.level(id.substring(begin, at));
    if (level == 0 || level > around.size()) {
      throw unknown(
          begin, "it takes the number of a record or a sealed interface around it, from 1 on");
    }
    Around outer = around.get(around.size() - level);
    return new SelfCodec<>(level, depth - outer.depth, outer.target, Object.class);
  }

  private static String count(Form form) {
    return form.least == form.most
        ? "it takes " + form.least + " codecs"
        : "it takes " + form.least + " to " + form.most + " codecs";
  }

  @SuppressWarnings("unchecked") // a value of another type is refused by a cast in the codec
  private static Codec<Object> any(Codec<?> codec) {
    return (Codec<Object>) codec;
  }

  private List<Codec<Object>> parts(int depth) {
    List<Codec<Object>> parts = new ArrayList<>(2);
    if (take('(')) {
      do {
        parts.add(codec(depth + 1, false));
      } while (take(','));
      need(')', "a comma or a closing parenthesis");
    }
    return parts;
  }

  private Codec<Fields> record(int depth, boolean isWhole) {
    List<Component<?>> components = new ArrayList<>();
    Set<String> names = new HashSet<>();
    int fewest = Integer.MAX_VALUE;
    while (!take(')')) {
      boolean isShorter = isWhole && fewest == Integer.MAX_VALUE && take(';');
      if (isShorter) {
        fewest = components.size();
      }
      if (!components.isEmpty() && !isShorter) {
        need(',', "a comma or a closing parenthesis");
      }
      int begin = at;
      String name = name();
      need(':', "a colon");
      Codec<Object> codec = codec(depth + 1, false);
      if (name.isEmpty() || !names.add(name)) {
        throw unknown(begin, "the name of the component is empty, or there twice");
      }
      components.add(new Component<>(name, codec, components.size() >= fewest, null));
    }
    if (fewest == 0) {
      throw unknown(0, "no row has a component");
    }
    return new FieldsCodec(new RowShape(List.copyOf(components), fewest));
  }

  private Codec<Alternative> sealed(int depth, boolean isWhole) {
    Map<String, Codec<Object>> codecs = new LinkedHashMap<>();
    String last = "";
    do {
      int begin = at;
      String name = name();
      need(':', "a colon");
      codecs.put(name, codec(depth + 1, isWhole));
      if (name.compareTo(last) <= 0) {
        throw unknown(begin, "the name of the class is not greater than the one before");
      }
      last = name;
    } while (take(','));
    need(')', "a comma or a closing parenthesis");
    return new AlternativeCodec(new Alternatives(codecs));
  }

  private Codec<String> collated(int begin) {
    need('(', "an opening parenthesis");
    Locale locale = Locale.forLanguageTag(name());
    need(',', "a comma");
    String strength = name();
    need(')', "a closing parenthesis");
    int found = STRENGTHS.indexOf(strength);
    if (found >= 0) {
      Codec<String> codec = new CollatedCodec(locale, found);
      if (id.startsWith(codec.id(), begin) && at - begin == codec.id().length()) {
        return codec;
      }
    }
    throw unknown(begin, "it takes the tag of a language, and one of " + STRENGTHS);
  }

  private String name() {
    int begin = at;
    while (at < id.length() && "(),:;".indexOf(id.charAt(at)) < 0) {
      at++;
    }
    return id.substring(begin, at);
  }

  private boolean take(char wanted) {
    boolean there = at < id.length() && id.charAt(at) == wanted;
    at += there ? 1 : 0;
    return there;
  }

  private void need(char wanted, String what) {
    if (!take(wanted)) {
      throw wrong(what);
    }
  }

  private IllegalArgumentException wrong(String allowed) {
    return new IllegalArgumentException(
        "codec id %s: found '%s' at %d, allowed %s"
            .formatted(shown(id), shown(id.substring(at)), at, allowed));
  }

  private IllegalArgumentException unknown(int begin, String why) {
    return new IllegalArgumentException(
        "codec id %s: %s is not known: %s"
            .formatted(shown(id), shown(id.substring(begin, at)), why));
  }

  private static String shown(String text) {
    return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
  }
}
