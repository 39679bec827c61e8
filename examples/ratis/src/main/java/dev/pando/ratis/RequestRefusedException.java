package dev.pando.ratis;

import java.io.IOException;

/** A peer refused a request, which has changed nothing. Sending it again is refused again. */
public final class RequestRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  RequestRefusedException(String message) {
    super(message);
  }
}
