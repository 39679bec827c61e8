package dev.pando.ratis;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A write was sent and no peer has said what became of it. It may have been applied, it may be
 * applied later, or never. Read the key before writing it again.
 */
public final class OutcomeUnknownException extends IOException {
  private static final long serialVersionUID = 1L;

  OutcomeUnknownException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
