package dev.pando.pager;

/** When a page's checksum is compared with its content. */
public enum Checksums {
  /** Once for each page after opening, when it is first read. */
  FIRST_TOUCH,

  /** Not at all: a page's number, birth, type and run length are still checked. */
  NEVER,

  /** Each time a reader steps onto a page. */
  ALWAYS
}
