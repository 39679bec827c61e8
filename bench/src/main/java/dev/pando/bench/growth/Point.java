package dev.pando.bench.growth;

import java.util.Map;

/** What was found for one store of one size. */
record Point(Store.Kind store, long records, Map<Figure, Double> figures) {}
