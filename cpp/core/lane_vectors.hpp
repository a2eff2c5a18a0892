// The channels of a grouped convolution's outputs in vectors: as many whole groups as fit, or parts of one, and what the lanes of
// each read.
//
// Assumes: at least one group, and channels in each on both sides.
#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>
#include "conv2d.hpp"
#include "split.hpp"
#include "targets.hpp"

namespace convstep {

// In each of the groups, `depth` channels of the input meet each of `channels` of the output.
struct Groups {
  Index count, depth, channels;

  Index in() const { return count * depth; }
  Index out() const { return count * channels; }
  bool depthwise() const { return depth == 1 && channels == 1; }
};

inline Groups forward_groups(const ConvShape& s) { return {s.groups, s.group_in(), s.group_out()}; }
inline Groups backward_groups(const ConvShape& s) { return {s.groups, s.group_out(), s.group_in()}; }

// How many groups one vector of the output holds: whole ones, and no more than one vector of the input holds.
template <class T> Index groups_of_vector(const Groups& g) {
  const Index lanes = pick<T>(*current_target().tiles).lanes;
  return std::max<Index>(1, std::min(lanes / g.channels, lanes / g.depth));
}
template <class T> Index count_vectors(const Groups& g) {
  const Index lanes = pick<T>(*current_target().tiles).lanes;
  return parts_of(g.count, groups_of_vector<T>(g)) * parts_of(g.channels, lanes);
}

// The vectors of the output, and what their lanes read.
template <class T> struct Vectors {
  static constexpr Index worth_aligning = 8;       // vectors, at the least

  Groups groups;
  Index lanes;
  std::vector<LaneVector> all;
  std::vector<std::int32_t> orders;

  // Those that read an input at `in`, for outputs at `out`.
  Vectors(const Groups& g, const T* in, const T* out) : groups(g), lanes(pick<T>(*current_target().tiles).lanes) {
    const Index together = groups_of_vector<T>(g);
    for (Index begin = -before(in, together); begin < g.count; begin += together) {
      const Index first = std::max<Index>(0, begin);
      const Index n = (std::min(begin + together, g.count) - first) * g.channels;   // channels; of one group, maybe several vectors
      for (Index c = 0; c < n; c += lanes) {
        const Index width = std::min(lanes, n - c);
        const Index there = g.depthwise() ? width : (g.count - first) * g.depth;
        all.push_back({first * g.channels + c, first * g.depth, int(width), there, nullptr});
        if (g.depthwise()) continue;
        for (Index i = 0; i < most_lanes; i++)
          orders.push_back(i < width ? std::int32_t((c + i) / g.channels * g.depth) : 0);
      }
    }
    if (!g.depthwise())
      for (std::size_t v = 0; v < all.size(); v++) all[v].order = &orders[v * most_lanes];
    if (last_first(in, out)) std::reverse(all.begin(), all.end());
  }
  Vectors(const Vectors&) = delete;
  Vectors& operator=(const Vectors&) = delete;

  Index count() const { return Index(all.size()); }

 private:
  // The groups that the first vector lacks so that all others lie aligned in every pixel. A vector that does not lies in two cache
  // lines, and where pixels are a power of two apart, lines are gone before the next vector wants them. This makes one vector more.
  Index before(const T* in, Index together) const {
    const Index over = Index(reinterpret_cast<std::uintptr_t>(in) / sizeof(T) % std::size_t(lanes));
    const bool possible = together * groups.depth == lanes && groups.in() % lanes == 0 && over % groups.depth == 0;
    return possible && groups.count >= worth_aligning * together ? over / groups.depth : 0;
  }
  // Processors compare the last twelve bits of addresses, and take a load for one of what was just stored. Where pixels lie whole
  // kilobytes apart, an output less than half of one after the input, kilobytes left aside, is in the way of the vectors that follow.
  static bool last_first(const T* in, const T* out) {
    const std::uintptr_t after = (reinterpret_cast<std::uintptr_t>(out) - reinterpret_cast<std::uintptr_t>(in)) % 1024;
    return 0 < after && after < 512;
  }
};

}  // namespace convstep
