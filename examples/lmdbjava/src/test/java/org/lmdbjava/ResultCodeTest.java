package org.lmdbjava;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lmdbjava.LmdbNativeException.ConstantDerivedException;

/** Each code of LMDB has an exception of its own, and each of the system has the general one. */
class ResultCodeTest {
  @ParameterizedTest
  @EnumSource
  void eachCodeHasItsException(ResultCode code) {
    LmdbNativeException made = code.exception();
    assertThat(made.getResultCode()).isEqualTo(code.code());
    assertThat(made instanceof ConstantDerivedException).isEqualTo(code.code() > 0);
    assertThat(made).hasMessage("%s (%d)", Meta.error(code.code()), code.code());
    Throwable cause = new IllegalStateException("of the engine");
    assertThat(code.exception(cause)).hasCause(cause);
  }
}
