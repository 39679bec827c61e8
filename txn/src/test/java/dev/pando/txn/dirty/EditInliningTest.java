package dev.pando.txn.dirty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The copy of a page is compiled once, and not in each method that leads to it. */
class EditInliningTest {
  /** C2 inlines frequent calls of up to so many bytes of bytecode (FreqInlineSize). */
  private static final int INLINED = 325;

  @Test
  void editIsTooLongToBeInlined() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(DirtyPages.class.getResourceAsStream("DirtyPages.class"))) {
      for (MethodModel method : ClassFile.of().parse(in.readAllBytes()).methods()) {
        if (method.methodName().equalsString("edit")) {
          CodeAttribute code = (CodeAttribute) method.code().orElseThrow();
          assertThat(code.codeLength()).isGreaterThan(INLINED);
          return;
        }
      }
    }
    throw new AssertionError("no method edit");
  }
}
