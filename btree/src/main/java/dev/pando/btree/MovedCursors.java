package dev.pando.btree;

import java.util.ArrayList;

/**
 * The cursors of a writer's tree that have moved to an entry since they were last parked. Only
 * these need care before a change. A parked cursor leaves the list, and returns when it is used
 * again. So a change costs time only for the cursors that have moved. The list keeps a dropped
 * cursor alive until the next change, or until there are many.
 */
final class MovedCursors {
  private static final int FIRST_MOST = 256;

  private final ArrayList<Cursor> cursors = new ArrayList<>();

  /** Cursors of the list that returned after they were parked, and so are in use. */
  private int returned;

  /** Size of the list at which the cursors are parked, or this limit is doubled. */
  private int most = FIRST_MOST;

  int size() {
    return cursors.size();
  }

  /** Adds a cursor that is not in the list and has moved to an entry. */
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

  /** Makes room: most cursors are in use, or most were dropped and only kept alive by this list. */
  private void makeRoom() {
    if (returned > most / 2) {
      most *= 2;
    } else {
      parkAll();
    }
  }

  /** Removes a cursor that was closed. */
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

  /** Parks all cursors before pages change: they remember their keys and release the pages. */
  void parkAll() {
    if (!cursors.isEmpty()) {
      for (int i = 0; i < cursors.size(); i++) {
        cursors.get(i).park();
      }
      clear();
    }
  }

  /** Removes all cursors. */
  void clear() {
    for (int i = 0; i < cursors.size(); i++) {
      cursors.get(i).place = -1;
    }
    cursors.clear();
    returned = 0;
  }
}
