package dev.pando.examples.lmdbjava;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.JarURLConnection;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Each type, constructor, method and constant that a program of lmdbjava can name is here, with the
 * same signature, except for a list with reasons; and there is nothing more.
 */
class PublicApiTest {
  /** What is not kept, and why. */
  private static final Map<String, String> MISSING =
      new TreeMap<>(
          Map.of(
              "BufferProxy protected abstract jnr.ffi.Pointer in(java.lang.Object, jnr.ffi.Pointer)",
              "native pointers of JNR; it takes and returns byte buffers",
              "BufferProxy protected abstract jnr.ffi.Pointer in(java.lang.Object, int, jnr.ffi.Pointer)",
              "native pointers of JNR; reserve is in its place",
              "BufferProxy protected abstract java.lang.Object out(java.lang.Object, jnr.ffi.Pointer)",
              "native pointers of JNR; it takes and returns byte buffers",
              "BufferProxy protected static final int MDB_VAL_STRUCT_SIZE",
              "the layout of a structure of C",
              "BufferProxy protected static final int STRUCT_FIELD_OFFSET_DATA",
              "the layout of a structure of C",
              "BufferProxy protected static final int STRUCT_FIELD_OFFSET_SIZE",
              "the layout of a structure of C"));

  /** What this module has in their place. */
  private static final Set<String> ADDED =
      Set.of(
          "BufferProxy protected abstract java.nio.ByteBuffer in(java.lang.Object)",
          "BufferProxy protected abstract java.lang.Object out(java.lang.Object, java.nio.ByteBuffer)",
          "BufferProxy protected abstract java.lang.Object reserve(int)",
          "BufferProxy protected abstract java.nio.ByteBuffer reserved(java.lang.Object, int)");

  @Test
  void namesAndSignaturesAreThoseOfLmdbjava() throws ClassNotFoundException {
    Set<String> real = new TreeSet<>();
    Set<String> here = new TreeSet<>();
    for (String name : realTypes()) {
      Class<?> type = Class.forName(name, false, BothLibraries.real());
      if (isVisible(type)) {
        describe(type, real);
        describe(find(name), here);
      }
    }
    Set<String> missing = new TreeSet<>(real);
    missing.removeAll(here);
    assertThat(missing).containsExactlyInAnyOrderElementsOf(MISSING.keySet());
    Set<String> added = new TreeSet<>(here);
    added.removeAll(real);
    assertThat(added).containsExactlyInAnyOrderElementsOf(ADDED);
    System.out.printf(
        "  lmdbjava's API: %d declarations, %d not kept%n", real.size(), missing.size());
  }

  @Test
  void noOtherTypeIsPublic() throws IOException, ClassNotFoundException {
    Set<String> real = realTypes();
    java.nio.file.Path classes =
        java.nio.file.Path.of(
            org.lmdbjava.Env.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    try (var files = java.nio.file.Files.list(classes.resolve("org/lmdbjava"))) {
      for (var file : files.toList()) {
        String name = "org.lmdbjava." + file.getFileName().toString().replace(".class", "");
        if (!name.endsWith("package-info") && isVisible(find(name))) {
          assertThat(real).contains(name);
        }
      }
    }
  }

  /** Masks, codes and names, which programs may have compiled in. */
  @Test
  void constantsHaveTheValuesOfLmdbjava() throws ReflectiveOperationException {
    int compared = 0;
    for (String name : realTypes()) {
      Class<?> real = Class.forName(name, false, BothLibraries.real());
      if (!isVisible(real)) {
        continue;
      }
      Class<?> here = find(name);
      if (real.isEnum()) {
        assertThat(values(here)).isEqualTo(values(real));
        compared++;
      }
      for (Field each : real.getFields()) {
        Class<?> type = each.getType();
        boolean isValue = type.isPrimitive() || type == String.class;
        boolean isStatic = Modifier.isStatic(each.getModifiers());
        if (isStatic && isValue && !each.getName().equals("RESOLVED_FILENAME")) {
          assertThat(here.getField(each.getName()).get(null)).isEqualTo(each.get(null));
          compared++;
        }
      }
    }
    assertThat(compared).isGreaterThan(10);
  }

  private static String values(Class<?> type) throws ReflectiveOperationException {
    StringBuilder all = new StringBuilder();
    for (Object each : type.getEnumConstants()) {
      all.append(each);
      for (String getter : new String[] {"getMask", "getCode", "isDirectionForward"}) {
        for (Method method : type.getMethods()) {
          if (method.getName().equals(getter)) {
            all.append(' ').append(method.invoke(each));
          }
        }
      }
      all.append(' ');
    }
    return all.toString();
  }

  private static Class<?> find(String name) throws ClassNotFoundException {
    return Class.forName(name, false, PublicApiTest.class.getClassLoader());
  }

  private static Set<String> realTypes() {
    try {
      var jar =
          (JarURLConnection)
              BothLibraries.real().getResource("org/lmdbjava/Library.class").openConnection();
      return jar.getJarFile().stream()
          .map(entry -> entry.getName())
          .filter(name -> name.startsWith("org/lmdbjava/") && name.endsWith(".class"))
          .map(name -> name.replace(".class", "").replace('/', '.'))
          .filter(name -> !name.endsWith("package-info"))
          .collect(Collectors.toCollection(TreeSet::new));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the type and those around it are public or protected. */
  private static boolean isVisible(Class<?> type) {
    boolean visible = isVisible(type.getModifiers()) && !type.isSynthetic();
    Class<?> outer = type.getEnclosingClass();
    return visible && (outer == null || isVisible(outer));
  }

  private static boolean isVisible(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private static void describe(Class<?> type, Set<String> into) {
    String name = type.getName().replace("org.lmdbjava.", "");
    String interfaces =
        Arrays.stream(type.getInterfaces()).map(Class::getName).sorted().toList().toString();
    Class<?> superclass = type.getSuperclass();
    into.add(
        "%s is %s extends %s implements %s"
            .formatted(
                name,
                Modifier.toString(type.getModifiers()),
                superclass == null ? "" : superclass.getName(),
                interfaces));
    for (Field each : type.getDeclaredFields()) {
      if (isShown(type, each)) {
        into.add(name + " " + modifiers(each) + each.getType().getName() + " " + each.getName());
      }
    }
    for (Constructor<?> each : type.getDeclaredConstructors()) {
      if (isShown(type, each)) {
        into.add(name + " " + modifiers(each) + parameters(each));
      }
    }
    for (Method each : type.getDeclaredMethods()) {
      if (isShown(type, each) && !each.isBridge()) {
        into.add(
            "%s %s%s %s%s"
                .formatted(
                    name,
                    modifiers(each),
                    each.getReturnType().getName(),
                    each.getName(),
                    parameters(each)));
      }
    }
  }

  /** Protected members of a final class are for itself; toString and the like are Object's. */
  private static boolean isShown(Class<?> type, Member member) {
    boolean isOwn =
        Modifier.isProtected(member.getModifiers()) && Modifier.isFinal(type.getModifiers());
    return isVisible(member.getModifiers()) && !member.isSynthetic() && !isOwn;
  }

  private static String modifiers(Member member) {
    int shown =
        member.getModifiers()
            & (Modifier.PUBLIC
                | Modifier.PROTECTED
                | Modifier.STATIC
                | Modifier.ABSTRACT
                | (member instanceof Field ? Modifier.FINAL : 0));
    return Modifier.toString(shown) + " ";
  }

  private static String parameters(Executable executable) {
    return Arrays.stream(executable.getParameterTypes())
            .map(PublicApiTest::name)
            .collect(Collectors.joining(", ", "(", ")"))
        + (executable.isVarArgs() ? " varargs" : "");
  }

  private static String name(Class<?> type) {
    return type.isArray() ? name(type.componentType()) + "[]" : type.getName();
  }
}
