package dev.pando.crash;

import dev.pando.crash.PlantedBug.Call;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Loads all of Pando and its tests anew, with calls replaced. */
final class PlantedLoader extends ClassLoader {
  private static final ClassDesc PLANTED = ClassDesc.of("dev.pando.PlantedCode");

  private final List<Call> calls;

  /** The calls that were found: a bug that is planted nowhere would be killed by nothing. */
  private final Set<Call> planted = new HashSet<>();

  PlantedLoader(List<Call> calls) {
    super(PlantedLoader.class.getClassLoader());
    this.calls = calls;
  }

  /** Calls that are in none of the classes loaded so far. */
  Set<Call> notPlanted() {
    Set<Call> missing = new HashSet<>(calls);
    missing.removeAll(planted);
    return missing;
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
    byte[] bytes;
    try (InputStream file = getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (file == null) {
        throw new ClassNotFoundException(name);
      }
      bytes = file.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<Call> here = calls.stream().filter(call -> call.type().equals(name)).toList();
    byte[] changed = here.isEmpty() ? bytes : plant(bytes, here);
    return defineClass(name, changed, 0, changed.length);
  }

  private byte[] plant(byte[] bytes, List<Call> here) {
    ClassFile format = ClassFile.of();
    ClassTransform transform = ClassTransform.ACCEPT_ALL;
    for (Call call : here) {
      transform =
          transform.andThen(
              ClassTransform.transformingMethodBodies(
                  method ->
                      call.method() == null || method.methodName().equalsString(call.method()),
                  replacing(call)));
    }
    return format.transformClass(format.parse(bytes), transform);
  }

  private CodeTransform replacing(Call call) {
    return (builder, element) -> {
      if (element instanceof InvokeInstruction invoke && isMeant(invoke, call)) {
        planted.add(call);
        builder.invokestatic(PLANTED, call.by(), withReceiver(invoke));
      } else {
        builder.with(element);
      }
    };
  }

  private static boolean isMeant(InvokeInstruction invoke, Call call) {
    return invoke.name().equalsString(call.name())
        && invoke.owner().asInternalName().equals(call.owner().replace('.', '/'))
        && !invoke.name().equalsString("<init>")
        && hasPlanted(call.by(), withReceiver(invoke));
  }

  /** Another method of the same name, with other parameters, is not meant. */
  private static boolean hasPlanted(String by, MethodTypeDesc wanted) {
    try {
      Class<?> planted = Class.forName("dev.pando.PlantedCode");
      for (java.lang.reflect.Method method : planted.getDeclaredMethods()) {
        if (method.getName().equals(by)
            && method.accessFlags().contains(AccessFlag.STATIC)
            && descriptor(method).equals(wanted)) {
          return true;
        }
      }
      return false;
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static MethodTypeDesc descriptor(java.lang.reflect.Method method) {
    return java.lang.invoke.MethodType.methodType(
            method.getReturnType(), method.getParameterTypes())
        .describeConstable()
        .orElseThrow();
  }

  private static MethodTypeDesc withReceiver(InvokeInstruction invoke) {
    MethodTypeDesc type = invoke.typeSymbol();
    boolean isStatic = invoke.opcode() == java.lang.classfile.Opcode.INVOKESTATIC;
    return isStatic ? type : type.insertParameterTypes(0, invoke.owner().asSymbol());
  }
}
