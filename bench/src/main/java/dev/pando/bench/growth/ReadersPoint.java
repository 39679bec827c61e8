package dev.pando.bench.growth;

/**
 * What some readers did while one thread wrote.
 *
 * @param series which store, and which threads
 */
record ReadersPoint(String series, int threads, double readsPerSecond, double commitsPerSecond) {}
