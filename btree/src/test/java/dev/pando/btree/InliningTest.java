package dev.pando.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.pager.PageMemory;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.reflect.AccessFlag;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Writes to pages are compiled once, and not in each method that writes. */
class InliningTest {
  /** C1 inlines methods of up to so many bytes of bytecode (MaxInlineSize). */
  private static final int INLINED = 35;

  private static final String SEGMENT = "java/lang/foreign/MemorySegment";

  @Test
  void writesToPagesAreTooLongToBeInlined() throws IOException {
    int methods = 0;
    for (MethodModel method : methods(PageMemory.class)) {
      if (method.flags().has(AccessFlag.PUBLIC)) {
        CodeAttribute code = (CodeAttribute) method.code().orElseThrow();
        assertTrue(code.codeLength() > INLINED, method + " has " + code.codeLength());
        methods++;
      }
    }
    assertEquals(7, methods);
  }

  @Test
  void treesWriteToPagesThroughThemOnly() throws IOException {
    for (Class<?> type : List.of(NodeWriter.class, LeafCell.class, CellList.class)) {
      for (MethodModel method : methods(type)) {
        method
            .code()
            .ifPresent(
                code ->
                    code.elementStream()
                        .filter(InvokeInstruction.class::isInstance)
                        .map(InvokeInstruction.class::cast)
                        .filter(call -> call.owner().asInternalName().equals(SEGMENT))
                        .forEach(call -> assertReads(type, method, call.name().stringValue())));
      }
    }
  }

  private static void assertReads(Class<?> type, MethodModel method, String called) {
    assertTrue(
        List.of("get", "byteSize", "asSlice").contains(called),
        type.getSimpleName() + "." + method.methodName().stringValue() + " calls " + called);
  }

  private static List<MethodModel> methods(Class<?> type) throws IOException {
    try (InputStream in = type.getResourceAsStream(type.getSimpleName() + ".class")) {
      return ClassFile.of().parse(in.readAllBytes()).methods();
    }
  }
}
