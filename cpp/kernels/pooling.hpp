// The kernels of pooling (core/pooling.hpp): their arguments and their table. Channels lie in the lanes; where they are few, the
// channels of several pixels.
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
  sum,               // target = sum / (row_scale * column_scale), or sum * (row_scale * column_scale)
  count,             // target = how many sources equal the target's `equal` or are NaN
  where_index,       // target = sum of the sources whose `source_index` is the place at which they meet
  where_equal,       // target = sum of the sources whose `source_equal` equals the target's `equal`, or where that is NaN
  scaled_sum,        // target = sum of source * row_scale * column_scale
};
constexpr int combines = 7;

// A pass over target rows. All offsets are in elements.
template <class T> struct PoolPass {
  const T* source;
  T* target;
  const T* source_equal;               // where_equal; as large as source
  const std::uint8_t* source_index;    // where_index
  const T* equal;                      // count, where_equal; as large as target
  std::uint8_t* index;                 // maximum_index
  Index target_h, target_w, pixel;     // pixel: from one pixel to the next, in source and target
  Index source_image;                  // from one image to the next
  const Index* first_row;              // [target_h + 1] where each row's meetings begin in the next three
  const Index* row;                    // offset of the source row
  const Index* row_place;              // the place in the window of the row's first column
  const T* row_scale;                  // sum: of target rows; scaled_sum: of meetings
  const Index* first_column;           // [target_w + 1], and so on for columns
  const Index* column;
  const Index* column_place;
  const T* column_scale;
  bool divides;                        // sum
};

// Rows are numbered through all images.
struct PoolPart {
  Index begin, end;                    // rows
  Index channel, channels;             // the first, and how many
};

// With few channels: vectors of the target row, each with `layers` vectors of the source rows, whose lanes are put in order.
constexpr int most_pool_lanes = 16;
constexpr std::int32_t pool_no_place = -1000;   // of a lane that meets nothing

template <class T> struct alignas(64) PoolOrder {
  std::int32_t lane[most_pool_lanes], place[most_pool_lanes];   // what each lane reads, and its column_place
  T scale[most_pool_lanes];                                     // its column_scale
};
struct PoolVector {
  Index source, order;                 // its first element in the row, and which order
};
template <class T> struct PoolVectors {
  const PoolVector* vector;            // [vectors][layers]
  const PoolOrder<T>* order;
  Index layers;
  int readable;                        // elements that may be read from `source` on: less than a vector in short rows
};

template <class T> struct Pooling {
  void (*rows[combines])(const PoolPass<T>&, const PoolPart&);
  void (*vectors[combines])(const PoolPass<T>&, const PoolPart&, const PoolVectors<T>&);   // where_index, where_equal, scaled_sum
  int lanes, block;                    // channels that go together
};

}  // namespace convstep
