// Lists of what meets what, made in each call.
#include "pool_lists.hpp"

#include <algorithm>
#include "split.hpp"

namespace convstep {

Index Meetings::most() const {
  Index n = 0;
  for (std::size_t t = 0; t + 1 < first.size(); t++) n = std::max(n, of(Index(t)));
  return n;
}

Meetings PoolAxis::forward() const {
  Meetings m;
  for (Index o = 0; o < out; o++) {
    for (Index k = 0; k < kernel; k++)
      if (const Index i = o * stride - before + k * dilation; i >= 0 && i < in) m.source.push_back(i), m.place.push_back(k);
    m.first.push_back(Index(m.source.size()));
  }
  return m;
}

Meetings PoolAxis::backward() const {
  const Meetings there = forward();
  std::vector<Index> count(std::size_t(in) + 1);
  for (const Index i : there.source) count[std::size_t(i) + 1]++;
  for (std::size_t i = 1; i < count.size(); i++) count[i] += count[i - 1];
  Meetings m;
  m.first = count;
  m.source.resize(there.source.size()), m.place.resize(there.source.size());
  for (Index o = 0; o < out; o++)
    for (Index k = there.first[std::size_t(o)]; k < there.first[std::size_t(o) + 1]; k++) {
      const std::size_t to = std::size_t(count[std::size_t(there.source[std::size_t(k)])]++);
      m.source[to] = o, m.place[to] = there.place[std::size_t(k)];
    }
  return m;
}

template <class T> std::vector<T> PoolAxis::cells(bool padded) const {
  const Index low = padded ? -before : 0, high = padded ? in + after : in;
  std::vector<T> counts(static_cast<std::size_t>(out));
  for (Index o = 0; o < out; o++)
    for (Index k = 0; k < kernel; k++) {
      const Index i = o * stride - before + k * dilation;
      counts[std::size_t(o)] += T(i >= low && i < high);
    }
  return counts;
}

namespace {

// For each pixel: whether it meets what the pixel `period` before it meets, `shift` sources on.
template <class T> std::vector<bool> repeats(const Meetings& m, Index pixels, Index period, Index shift, const T* scale) {
  std::vector<bool> same(static_cast<std::size_t>(pixels));
  for (Index p = period; p < pixels; p++) {
    bool all = m.of(p) == m.of(p - period);
    for (Index j = 0; all && j < m.of(p); j++) {
      const std::size_t now = std::size_t(m.first[std::size_t(p)] + j), then = std::size_t(m.first[std::size_t(p - period)] + j);
      all = m.source[now] == m.source[then] + shift && m.place[now] == m.place[then] && (!scale || scale[now] == scale[then]);
    }
    same[std::size_t(p)] = all;
  }
  return same;
}

}  // namespace

template <class T>
bool LaneLists<T>::fill(const Meetings& columns, Index source_pixels, Index channels, Index period, Index shift, int lanes,
                        const T* scale) {
  const Index pixels = Index(columns.first.size()) - 1, size = pixels * channels, source_size = source_pixels * channels;
  const Index before = period * channels / lanes;                  // vectors
  const std::vector<bool> same = repeats(columns, pixels, period, shift, scale);
  layers = columns.most();
  readable = int(std::min<Index>(lanes, source_size));
  for (Index v = 0; v < parts_of(size, lanes); v++) {
    const Index begin = v * lanes, end = std::min(begin + lanes, size);
    bool known = end == begin + lanes;
    for (Index p = begin / channels; known && p * channels < end; p++) known = same[std::size_t(p)];
    for (Index layer = 0; layer < layers; layer++) {
      if (known) {
        const PoolVector then = vectors[std::size_t((v - before) * layers + layer)];
        if (const Index source = then.source + shift * channels; source + readable <= source_size) {
          vectors.push_back({source, then.order});
          continue;
        }
      }
      PoolOrder<T> order{};
      Index met[most_pool_lanes], least = source_size, most = -1;  // elements of the source row
      for (Index i = begin; i < end; i++) {
        const Index p = i / channels, at = columns.first[std::size_t(p)] + layer, lane = i - begin;
        order.place[lane] = pool_no_place;
        met[lane] = -1;
        if (layer >= columns.of(p)) continue;
        met[lane] = columns.source[std::size_t(at)] * channels + i % channels;
        least = std::min(least, met[lane]), most = std::max(most, met[lane]);
        order.place[lane] = std::int32_t(columns.place[std::size_t(at)]);
        order.scale[lane] = scale ? scale[at] : T(1);
      }
      const Index source = std::min(least, source_size - readable);
      if (most - source >= lanes) return false;
      for (Index lane = 0; lane < end - begin; lane++) order.lane[lane] = met[lane] < 0 ? 0 : std::int32_t(met[lane] - source);
      vectors.push_back({source, Index(orders.size())});
      orders.push_back(order);
    }
  }
  return true;
}

#define INSTANTIATE(T)                                           \
  template std::vector<T> PoolAxis::cells<T>(bool) const;        \
  template bool LaneLists<T>::fill(const Meetings&, Index, Index, Index, Index, int, const T*);
INSTANTIATE(float)
INSTANTIATE(double)

}  // namespace convstep
