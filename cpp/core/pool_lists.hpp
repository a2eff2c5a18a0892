// The lists of a pooling: for each row and column of the target, the source rows and columns that it combines, forward and
// backward; and, where channels are few, for each vector of a target row, the source vectors and the order of their lanes.
#pragma once
#include <vector>
#include "pooling.hpp"

namespace convstep {

// For each target of one axis, the sources that it combines: those at [first[t], first[t + 1]) of `source`, each with its place.
struct Meetings {
  std::vector<Index> first{0}, source, place;

  Index of(Index target) const { return first[std::size_t(target) + 1] - first[std::size_t(target)]; }
  Index most() const;                          // sources of a target
};

// One axis of the windows.
struct PoolAxis {
  Index in, out, kernel, stride, before, after, dilation;

  Meetings forward() const;
  Meetings backward() const;                   // forward() by its sources
  // Cells of each window: of the input, or of the padded input.
  template <class T> std::vector<T> cells(bool padded) const;
};

inline PoolAxis rows_of(const PoolShape& s) { return {s.in_h, s.out_h, s.kernel_h, s.stride_h, s.pad_top, s.pad_bottom, s.dilation_h}; }
inline PoolAxis columns_of(const PoolShape& s) { return {s.in_w, s.out_w, s.kernel_w, s.stride_w, s.pad_left, s.pad_right, s.dilation_w}; }

// A target row as vectors. Far from the borders the orders repeat, `period` pixels on, and are kept once.
template <class T> struct LaneLists {
  std::vector<PoolVector> vectors;
  std::vector<PoolOrder<T>> orders;
  Index layers = 0;
  int readable = 0;

  // False where a target vector's sources are too far apart for one vector. `scale`: of each meeting, or null.
  bool fill(const Meetings& columns, Index source_pixels, Index channels, Index period, Index shift, int lanes, const T* scale);
};

}  // namespace convstep
