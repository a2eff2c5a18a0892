// Cutting dimensions into parts. Everything here depends on shapes alone, never on the number of threads.
#pragma once
#include <algorithm>
#include "../kernels/kernels.hpp"
#include "threads.hpp"

namespace convstep {

inline Index floor_div(Index a, Index b) { return a / b - (a % b < 0); }                 // of any a, and b > 0
inline Index ceil_div(Index a, Index b) { return -floor_div(-a, b); }
inline Index parts_of(Index n, Index size) { return (n + size - 1) / size; }              // parts of at most `size`
inline Index part_start(Index n, Index parts, Index i) { return n * i / parts; }          // parts as equal as possible

// Channels in blocks of whole vectors, as equal as possible; the last block may end in a partial vector.
template <class T> struct Blocks {
  Index channels, vectors, count;
  int lanes;

  Blocks(const Tiles<T>& kernels, Index channels) : Blocks(kernels, channels, kernels.vectors) {}
  Blocks(const Tiles<T>& kernels, Index channels, Index most_vectors)
      : channels(channels), vectors(parts_of(channels, kernels.lanes)), count(parts_of(vectors, most_vectors)),
        lanes(kernels.lanes) {}

  Index first(Index block) const { return part_start(vectors, count, block) * lanes; }   // its first channel
  int width(Index block) const { return int(part_start(vectors, count, block + 1) - part_start(vectors, count, block)); }
  int widest() const { return int(parts_of(vectors, count)); }
  Index padded() const { return vectors * lanes; }
  int tail(Index block) const {
    return int(std::min<Index>(lanes, channels - first(block) - (width(block) - 1) * lanes));
  }
};

// sums[i] = part[0][i] + part[1][i] + ..., in this order: what tasks have summed of a gradient, each for itself.
template <class T> void add_parts(const Tiles<T>& kernels, const T* part, Index parts, Index size, T* sums) {
  const Blocks<T> blocks(kernels, size);
  for (Index block = 0; block < blocks.count; block++) {
    const Index i = blocks.first(block);
    kernels.sum_rows[blocks.width(block)]({part + i, parts, size, sums + i, blocks.tail(block), false});
  }
}

// Rows that a task takes of all there are, if one costs `row`, in multiply-adds of a vector: tasks enough for many threads, but
// none so small that the way there takes longer.
inline Index rows_of_a_task(Index rows, double row) {
  constexpr double enough_tasks = 16, small_task = 8000;
  return std::max<Index>(1, Index(double(rows) / std::clamp(double(rows) * row / small_task, 1.0, enough_tasks)));
}

// Below this many multiply-adds waking other threads costs more than they save.
inline int workers_for(double multiply_adds) { return multiply_adds < 200e3 ? 1 : num_threads(); }

}  // namespace convstep
