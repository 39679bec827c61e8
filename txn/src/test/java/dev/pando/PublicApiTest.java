package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.AccessFlags;
import java.lang.classfile.AttributedElement;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The exported packages: each public member has a test and needs no type that is not exported. */
class PublicApiTest {
  private static final Path MAIN = Path.of("target/classes");
  private static final Path TESTS = Path.of("target/test-classes");
  private static final Path TEST_SOURCES = Path.of("src/test/java");
  private static final Set<String> EXPORTED =
      Set.of("dev/pando/", "dev/pando/codec/", "dev/pando/metrics/");

  /** Every object has them, or the language gives them to each enum. */
  private static final Set<String> NOT_ASKED =
      Set.of("toString", "hashCode", "equals", "values", "valueOf", "<clinit>");

  private static final Pattern OURS = Pattern.compile("dev/pando/[\\w/$]+");
  private static final Map<String, ClassModel> CLASSES = new HashMap<>();

  @BeforeAll
  static void readClasses() throws IOException {
    for (ClassModel type : classes(MAIN)) {
      CLASSES.put(type.thisClass().asInternalName(), type);
    }
  }

  @Test
  void everyMemberHasATest() throws IOException {
    Set<String> called = new HashSet<>();
    for (ClassModel test : classes(TESTS)) {
      for (PoolEntry entry : test.constantPool()) {
        if (entry instanceof MemberRefEntry used) {
          addWithSupertypes(used.owner().asInternalName(), used.name() + ":" + used.type(), called);
        }
      }
    }
    String sources = sources();
    Set<String> missing = new TreeSet<>();
    for (ClassModel type : CLASSES.values()) {
      if (isSeen(type)) {
        untested(type, called, sources, missing);
      }
    }
    assertThat(missing).as("public members that no test calls").isEmpty();
  }

  @Test
  void noMemberNeedsATypeThatIsNotExported() {
    Set<String> hidden = new TreeSet<>();
    for (ClassModel type : CLASSES.values()) {
      if (isSeen(type)) {
        String name = type.thisClass().asInternalName();
        for (MethodModel method : type.methods()) {
          if (isForOthers(type, method.flags())) {
            addHidden(name + "." + method.methodName(), method.methodType(), method, hidden);
          }
        }
        for (FieldModel field : type.fields()) {
          if (isForOthers(type, field.flags())) {
            addHidden(name + "." + field.fieldName(), field.fieldType(), field, hidden);
          }
        }
      }
    }
    assertThat(hidden).as("types that users cannot name").isEmpty();
  }

  private static boolean isForOthers(ClassModel type, AccessFlags flags) {
    return flags.has(AccessFlag.PUBLIC)
        || (flags.has(AccessFlag.PROTECTED) && !type.flags().has(AccessFlag.FINAL));
  }

  /** The types of the descriptor, of the generic signature and of the exceptions. */
  private static void addHidden(
      String member, Utf8Entry descriptor, AttributedElement element, Set<String> hidden) {
    StringBuilder all = new StringBuilder(descriptor.stringValue());
    element.findAttribute(Attributes.signature()).ifPresent(s -> all.append(s.signature()));
    element
        .findAttribute(Attributes.exceptions())
        .ifPresent(e -> e.exceptions().forEach(x -> all.append('L').append(x.asInternalName())));
    Matcher names = OURS.matcher(all);
    while (names.find()) {
      ClassModel type = CLASSES.get(names.group());
      boolean error = names.group().startsWith("dev/pando/error/");
      if (!error && (type == null || !isExported(type))) {
        hidden.add(member + ": " + names.group());
      }
    }
  }

  private static void untested(
      ClassModel type, Set<String> called, String sources, Set<String> missing) {
    String name = type.thisClass().asInternalName();
    for (MethodModel method : type.methods()) {
      String member = method.methodName() + ":" + method.methodType();
      if (isAsked(type, method) && !called.contains(name + "." + member)) {
        missing.add(name + "." + member);
      }
    }
    for (FieldModel field : type.fields()) { // a constant's value is put where it is used
      String simple = name.substring(name.lastIndexOf('/') + 1).replace('$', '.');
      if (field.flags().has(AccessFlag.PUBLIC)
          && !sources.contains(simple + "." + field.fieldName())) {
        missing.add(name + "." + field.fieldName());
      }
    }
  }

  /**
   * The engine calls what users implement, makes the records that they get, and calls the methods
   * that replace another one's.
   */
  private static boolean isAsked(ClassModel type, MethodModel method) {
    boolean ofRecord =
        method.methodName().equalsString("<init>")
            && type.findAttribute(Attributes.record()).isPresent();
    return method.flags().has(AccessFlag.PUBLIC)
        && !method.flags().has(AccessFlag.ABSTRACT)
        && !method.flags().has(AccessFlag.SYNTHETIC)
        && !NOT_ASKED.contains(method.methodName().stringValue())
        && !ofRecord
        && !replaces(type, method);
  }

  private static boolean replaces(ClassModel type, MethodModel method) {
    return supertypes(type).stream()
        .map(CLASSES::get)
        .filter(above -> above != null)
        .flatMap(above -> above.methods().stream())
        .anyMatch(other -> other.methodName().equals(method.methodName()));
  }

  /** A call names the class of the variable, which may have the member from one above it. */
  private static void addWithSupertypes(String owner, String member, Set<String> called) {
    ClassModel type = CLASSES.get(owner);
    if (type != null && called.add(owner + "." + member)) {
      supertypes(type).forEach(above -> addWithSupertypes(above, member, called));
    }
  }

  private static List<String> supertypes(ClassModel type) {
    List<String> all = new ArrayList<>();
    type.superclass().ifPresent(above -> all.add(above.asInternalName()));
    type.interfaces().forEach(above -> all.add(above.asInternalName()));
    return all;
  }

  private static boolean isSeen(ClassModel type) {
    return isExported(type)
        || CLASSES.values().stream().anyMatch(sub -> isExported(sub) && isAbove(type, sub));
  }

  /** A public class shows the public members of a class above it that is not public itself. */
  private static boolean isAbove(ClassModel type, ClassModel sub) {
    return sub.superclass()
        .map(above -> CLASSES.get(above.asInternalName()))
        .filter(above -> above != null && (above == type || isAbove(type, above)))
        .isPresent();
  }

  private static boolean isExported(ClassModel type) {
    String name = type.thisClass().asInternalName();
    ClassModel outermost = CLASSES.get(name.replaceFirst("\\$.*", ""));
    return EXPORTED.contains(name.substring(0, name.lastIndexOf('/') + 1))
        && type.flags().has(AccessFlag.PUBLIC)
        && outermost != null
        && outermost.flags().has(AccessFlag.PUBLIC);
  }

  private static List<ClassModel> classes(Path root) throws IOException {
    List<ClassModel> all = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(file -> file.toString().endsWith(".class")).toList()) {
        all.add(ClassFile.of().parse(file));
      }
    }
    return all;
  }

  private static String sources() throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(TEST_SOURCES)) {
      for (Path file : files.filter(file -> file.toString().endsWith(".java")).toList()) {
        all.append(Files.readString(file));
      }
    }
    return all.toString();
  }
}
