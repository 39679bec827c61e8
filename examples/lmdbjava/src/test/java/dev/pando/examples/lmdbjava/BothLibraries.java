package dev.pando.examples.lmdbjava;

import dev.pando.examples.lmdbjava.programs.Program;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

/**
 * This module and the real lmdbjava, which have classes of the same names. The real one has a class
 * loader of its own, which also loads the programs again, so that they are linked with it.
 */
final class BothLibraries {
  private static final String PROGRAMS = Program.class.getPackageName();
  private static final ClassLoader REAL = loader();

  private BothLibraries() {}

  /** The real lmdbjava. */
  static ClassLoader real() {
    return REAL;
  }

  static List<String> runHere(Class<? extends Program> program, Path dir, long seed) {
    return run(program, dir, seed);
  }

  static List<String> runReal(Class<? extends Program> program, Path dir, long seed) {
    try {
      return run(Class.forName(program.getName(), true, REAL), dir, seed);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  @SuppressWarnings("unchecked") // a program's method returns such a list
  private static List<String> run(Class<?> program, Path dir, long seed) {
    try {
      Object made = program.getDeclaredConstructor().newInstance();
      return (List<String>)
          program.getMethod("run", Path.class, long.class).invoke(made, dir, seed);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError("seed " + seed + ": " + program.getSimpleName(), e.getCause());
    }
  }

  private static ClassLoader loader() {
    try {
      List<URL> all =
          Collections.list(
              BothLibraries.class.getClassLoader().getResources("org/lmdbjava/Env.class"));
      URL jar =
          all.stream()
              .filter(each -> each.getProtocol().equals("jar"))
              .findFirst()
              .orElseThrow(() -> new AssertionError("lmdbjava is not on the class path: " + all));
      String name = jar.getPath();
      return new Loader(java.net.URI.create(name.substring(0, name.indexOf('!'))).toURL());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Loads lmdbjava from its jar, and programs again; all else is the parent's. */
  private static final class Loader extends URLClassLoader {
    Loader(URL jar) {
      super(new URL[] {jar}, BothLibraries.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      boolean isOwn = name.startsWith("org.lmdbjava.") || name.startsWith(PROGRAMS);
      if (!isOwn) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> known = findLoadedClass(name);
        return known != null ? known : name.startsWith(PROGRAMS) ? define(name) : findClass(name);
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
