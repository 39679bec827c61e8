package dev.pando.crash;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.NewMultiArrayInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.NewPrimitiveArrayInstruction;
import java.lang.classfile.instruction.NewReferenceArrayInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.net.URL;
import java.util.Objects;
import java.util.Set;

/** Loads all of Pando and its tests again, with a call before each allocation of Pando's. */
final class ErrorLoader extends ClassLoader {
  private static final ClassDesc PLANTED = ClassDesc.of("dev.pando.PlantedErrors");
  private static final MethodTypeDesc NOTHING = MethodTypeDesc.of(ConstantDescs.CD_void);

  /** Calls of the JDK that allocate. */
  private static final Set<String> ALLOCATING =
      Set.of(
          "add",
          "addAll",
          "put",
          "computeIfAbsent",
          "copyOf",
          "addLast",
          "start",
          "asSlice",
          "execute",
          "signalAll",
          "allocate",
          "formatted");

  ErrorLoader() {
    super(ErrorLoader.class.getClassLoader());
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith("dev.pando.")) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> known = findLoadedClass(name);
      return known != null ? known : define(name);
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    URL url = getResource(name.replace('.', '/') + ".class");
    if (url == null) {
      throw new ClassNotFoundException(name);
    }
    try (InputStream file = url.openStream()) {
      byte[] bytes = file.readAllBytes();
      byte[] changed = isTest(url) || name.startsWith("dev.pando.error") ? bytes : plant(bytes);
      return defineClass(name, changed, 0, changed.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isTest(URL url) {
    return Objects.toString(url.getPath()).contains("test-classes");
  }

  private static byte[] plant(byte[] bytes) {
    ClassFile format = ClassFile.of();
    return format.transformClass(
        format.parse(bytes),
        ClassTransform.transformingMethodBodies(
            method -> !method.methodName().equalsString("<clinit>"), ErrorLoader::plant));
  }

  private static void plant(CodeBuilder builder, CodeElement element) {
    if (allocates(element)) {
      builder.invokestatic(PLANTED, "point", NOTHING);
    }
    builder.with(element);
  }

  private static boolean allocates(CodeElement element) {
    return switch (element) {
      case NewObjectInstruction made -> !isFailure(made.className().asInternalName());
      case NewPrimitiveArrayInstruction _, NewReferenceArrayInstruction _ -> true;
      case NewMultiArrayInstruction _, InvokeDynamicInstruction _ -> true;
      case InvokeInstruction call ->
          call.owner().asInternalName().startsWith("java/")
              && ALLOCATING.contains(call.name().stringValue());
      default -> false;
    };
  }

  /** An exception that is about to be thrown instead of another one proves nothing. */
  private static boolean isFailure(String type) {
    return type.endsWith("Exception") || type.endsWith("Error");
  }
}
