package dev.pando.btree;

import java.util.ArrayList;

/**
 * Cursors of a writer's tree that have come to an entry since they were parked last: only these
 * need care before a change. A cursor that is parked leaves the list, and comes back when it is
 * used again. So a change costs time for the cursors that have moved, and one that a program has
 * dropped is kept alive until the next change, or until there are many.
 */
final class MovedCursors {
  private static final int FIRST_MOST = 256;

  private final ArrayList<Cursor> cursors = new ArrayList<>();

  /** Of the list, those that came back after they were parked: so they are in use. */
  private int returned;

  /** When there are as many, either they are parked or there may be more. */
  private int most = FIRST_MOST;

  int size() {
    return cursors.size();
  }

  /** A cursor that is not in the list has come to an entry. */
  void add(Cursor cursor) {
    if (cursors.size() == most) {
      makeRoom();
    }
    cursor.place = cursors.size();
    cursors.add(cursor);
    if (cursor.wasParked()) {
      returned++;
    }
  }

  /** Most of them are in use, or most were dropped and are kept alive by this list. */
  private void makeRoom() {
    if (returned > most / 2) {
      most *= 2;
    } else {
      parkAll();
    }
  }

  /** A cursor is closed. */
  void remove(Cursor cursor) {
    int place = cursor.place;
    if (place >= 0) {
      cursor.place = -1;
      Cursor last = cursors.removeLast();
      if (last != cursor) {
        cursors.set(place, last);
        last.place = place;
      }
      if (cursor.wasParked()) {
        returned--;
      }
    }
  }

  /** Pages are about to change: the cursors remember their keys and let go of the pages. */
  void parkAll() {
    if (!cursors.isEmpty()) {
      for (int i = 0; i < cursors.size(); i++) {
        cursors.get(i).park();
      }
      clear();
    }
  }

  /** Forgets them all. */
  void clear() {
    for (int i = 0; i < cursors.size(); i++) {
      cursors.get(i).place = -1;
    }
    cursors.clear();
    returned = 0;
  }
}
