package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.NameAndTypeEntry;
import java.lang.classfile.constantpool.PoolEntry;
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

/**
 * What is public has a user in another package. A test is no such user: it goes into the package.
 * The code that takes the place of planted bugs is one, because it is called from any package.
 */
class RoomsTest {
  private static final Path MAIN = Path.of("target/classes");
  private static final Path SOURCES = Path.of("src/main/java");
  private static final String ROOMS = "dev/pando/txn/";
  private static final Pattern OURS = Pattern.compile("dev/pando/[\\w/$]+");

  /** The language makes these public. */
  private static final Set<String> NOT_ASKED =
      Set.of("toString", "hashCode", "equals", "values", "valueOf", "<clinit>");

  /**
   * Types, with all their members, and members that are public for tests of whole databases alone:
   * the layouts of files, and parts that a test compares with what a database does. Remove one when
   * its test goes.
   */
  private static final Set<String> FOR_TESTS =
      Set.of(
          "Catalog.usedByUpdate",
          "CatalogEntry.CODECS",
          "CatalogEntry.FLAGS",
          "CatalogEntry.ROOT",
          "CatalogEntry.TABLE",
          "CatalogEntry.VERSION",
          "CommitWatch",
          "FreeRecord",
          "HeldPages",
          "HeldSearch.<init>",
          "HeldSearch.add",
          "HeldSearch.moveTo",
          "IndexList",
          "LockBlocks.MIN_BLOCK",
          "LockFile.HEADER_BYTES",
          "Members.WATCH_NANOS",
          "NamedSnapshots.NONE",
          "NamedSnapshots.follow",
          "NamedSnapshots.read",
          "PageSet.addAll",
          "ReaderSlot.claim",
          "ReaderSlot.move",
          "ReaderSlots.QUIET_NANOS",
          "ReaderSlots.claim",
          "SlotLayout",
          "SpaceFollower.<init>",
          "SpaceFollower.catchUp",
          "SpaceFollower.follow",
          "SpaceFollower.forget",
          "TransactionIds");

  private static final Map<String, ClassModel> CLASSES = new HashMap<>();

  /** Types, and members as {@code type.name:descriptor}, that another package uses. */
  private static final Set<String> USED = new HashSet<>();

  @BeforeAll
  static void readClasses() throws IOException {
    try (Stream<Path> files = Files.walk(MAIN)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".class")).toList()) {
        ClassModel type = ClassFile.of().parse(file);
        if (!type.isModuleInfo()) {
          CLASSES.put(type.thisClass().asInternalName(), type);
        }
      }
    }
    CLASSES.values().forEach(RoomsTest::addUses);
    addUses(ClassFile.of().parse(Path.of("target/test-classes/dev/pando/PlantedCode.class")));
  }

  private static String packageOf(String type) {
    return type.substring(0, type.lastIndexOf('/'));
  }

  private static void addUses(ClassModel user) {
    String here = packageOf(user.thisClass().asInternalName());
    for (PoolEntry entry : user.constantPool()) {
      switch (entry) {
        case ClassEntry type -> addType(here, type.asInternalName());
        case MemberRefEntry member ->
            addMember(here, member.owner().asInternalName(), member.name() + ":" + member.type());
        case NameAndTypeEntry both -> addType(here, both.type().stringValue());
        default -> {}
      }
    }
    for (MethodModel method : user.methods()) {
      addType(here, method.methodType().stringValue());
    }
  }

  private static void addType(String here, String text) {
    Matcher names = OURS.matcher(text);
    while (names.find()) {
      if (!packageOf(names.group()).equals(here)) {
        USED.add(names.group());
      }
    }
  }

  private static void addMember(String here, String owner, String member) {
    ClassModel type = CLASSES.get(owner);
    if (type != null) {
      if (!packageOf(owner).equals(here)) {
        USED.add(owner + "." + member);
      }
      above(type).forEach(name -> addMember(here, name, member));
    }
  }

  private static List<String> above(ClassModel type) {
    List<String> all = new ArrayList<>();
    type.superclass().ifPresent(name -> all.add(name.asInternalName()));
    type.interfaces().forEach(name -> all.add(name.asInternalName()));
    return all;
  }

  /** Whether a method is one of a type above, or of the platform's. */
  private static boolean replaces(ClassModel type, MethodModel method) {
    for (String name : above(type)) {
      ClassModel above = CLASSES.get(name);
      boolean ofPlatform = above == null && !name.equals("java/lang/Object");
      if (ofPlatform || (above != null && (has(above, method) || replaces(above, method)))) {
        return true;
      }
    }
    return false;
  }

  private static boolean has(ClassModel type, MethodModel method) {
    return type.methods().stream().anyMatch(m -> m.methodName().equals(method.methodName()));
  }

  @Test
  void aPublicMemberOfARoomIsUsedByAnother() throws IOException {
    Set<String> unused = new TreeSet<>();
    for (ClassModel type : CLASSES.values()) {
      String name = type.thisClass().asInternalName();
      if (name.startsWith(ROOMS) && type.flags().has(AccessFlag.PUBLIC)) {
        if (!USED.contains(name)) {
          unused.add(name);
        }
        addMembers(type, name, unused);
      }
    }
    Set<String> allowed = new TreeSet<>();
    boolean _ = unused.removeIf(name -> isForTests(name, allowed));
    assertThat(unused).as("public, but no other package uses them").isEmpty();
    assertThat(allowed).as("public for tests").containsExactlyInAnyOrderElementsOf(FOR_TESTS);
  }

  private static boolean isForTests(String name, Set<String> allowed) {
    String simple = name.replaceFirst(":.*", "").replaceFirst(".*/", "");
    for (String known : new String[] {simple, simple.replaceFirst("[.$].*", "")}) {
      if (FOR_TESTS.contains(known)) {
        boolean _ = allowed.add(known);
        return true;
      }
    }
    return false;
  }

  private static void addMembers(ClassModel type, String name, Set<String> unused)
      throws IOException {
    boolean isRecord = type.findAttribute(Attributes.record()).isPresent();
    for (MethodModel method : type.methods()) {
      String member = name + "." + method.methodName() + ":" + method.methodType();
      if (method.flags().has(AccessFlag.PUBLIC)
          && !type.flags().has(AccessFlag.INTERFACE)
          && !method.flags().has(AccessFlag.SYNTHETIC)
          && !NOT_ASKED.contains(method.methodName().stringValue())
          && !(isRecord && !method.flags().has(AccessFlag.STATIC))
          && !isImplied(method)
          && !replaces(type, method)
          && !USED.contains(member)) {
        unused.add(member);
      }
    }
    for (FieldModel field : type.fields()) {
      String member = name + "." + field.fieldName();
      if (field.flags().has(AccessFlag.PUBLIC)
          && !field.flags().has(AccessFlag.ENUM)
          && !USED.contains(member + ":" + field.fieldType())
          && !isInSources(name, field.fieldName().stringValue())) {
        unused.add(member);
      }
    }
  }

  /** A class without constructors has one as public as itself. */
  private static boolean isImplied(MethodModel method) {
    return method.methodName().equalsString("<init>") && method.methodType().equalsString("()V");
  }

  /** A constant's value is put where it is used, so only the source of a user names it. */
  private static boolean isInSources(String type, String constant) throws IOException {
    String simple = type.substring(type.lastIndexOf('/') + 1).replace('$', '.');
    Path own = SOURCES.resolve(packageOf(type));
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        if (!own.equals(file.getParent())
            && Files.readString(file).contains(simple + "." + constant)) {
          return true;
        }
      }
    }
    return false;
  }

  /** A class that users can neither get nor make is none of theirs. */
  @Test
  void aPublicClassOfTheApiIsForUsers() {
    Set<String> named = new HashSet<>();
    for (ClassModel type : CLASSES.values()) {
      for (MethodModel method : type.methods()) {
        if (method.flags().has(AccessFlag.PUBLIC)) {
          Matcher names = OURS.matcher(method.methodType().stringValue());
          while (names.find()) {
            named.add(names.group());
          }
        }
      }
    }
    Set<String> unreachable = new TreeSet<>();
    for (ClassModel type : CLASSES.values()) {
      String name = type.thisClass().asInternalName();
      if (packageOf(name).equals("dev/pando")
          && type.flags().has(AccessFlag.PUBLIC)
          && !named.contains(name)
          && type.methods().stream().noneMatch(m -> m.flags().has(AccessFlag.PUBLIC))) {
        unreachable.add(name);
      }
    }
    assertThat(unreachable).isEmpty();
  }
}
