// The kernels of pooling (core/pooling.hpp): their arguments and their table. Channels lie in the lanes.
//
// Forward and backward are one motion: every pixel of a target row combines the source pixels that lie in some rows and columns.
// Forward, the target is y and the sources are x under the window; backward, the target is dx and the sources are the outputs
// whose windows cover it.
#pragma once
#include "common.hpp"

namespace convstep {

enum class Combine {
  maximum,           // target = the largest; a NaN is larger than all
  maximum_index,     // the same, and index = the place of the first such in the window
  sum,               // target = sum * column_scale * row_scale
  count,             // target = how many sources equal the target's `equal` or are NaN
  where_index,       // target = sum of the sources whose `source_index` is the place at which they meet
  where_equal,       // target = sum of the sources whose `source_equal` equals the target's `equal`, or where that is NaN
  scaled_sum,        // target = sum of source * source_scale
};
constexpr int combines = 7;

template <class T> struct PoolRow {
  Index rows;                          // of sources
  const T* const* source;              // [rows]
  const T* const* source_equal;        // [rows], where_equal
  const std::uint8_t* const* source_index;   // [rows], where_index
  const Index* row_place;              // [rows] the place in the window of the row's first column
  const T* row_scale;                  // [rows] scaled_sum
  Index pixels, channels, pixel;       // of the target; elements from one pixel to the next, in source and target
  const Index* first_column;           // [pixels + 1] where each pixel's columns begin in the next three
  const Index* column;                 // source pixels
  const Index* column_place;           // places in the window
  const T* column_scale;               // [pixels] sum; [columns] scaled_sum
  T scale;                             // sum: of this row
  T* target;
  std::uint8_t* index;                 // maximum_index
  const T* equal;                      // count, where_equal
};

template <class T> struct Pooling {
  void (*row[combines])(const PoolRow<T>&);
};

}  // namespace convstep
