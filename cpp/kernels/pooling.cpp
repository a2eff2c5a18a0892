// The kernels of pooling: every lane is a channel, of one pixel or of several, and no lane meets another.
//
// Assumes: at most 256 places where there are indices; arrays of vectors stay in registers.
#include "pooling.hpp"

#include <utility>
#include "pooling_lanes.hpp"

#define NOINLINE __attribute__((noinline))

namespace {

using convstep::Combine;
using convstep::Index;
using convstep::PoolOrder;
using convstep::PoolPart;
using convstep::PoolPass;
using convstep::PoolVector;
using convstep::PoolVectors;

// One target row: its pointers, at the first channel of the part, and its meetings.
template <class T> struct Row {
  const T *source, *source_equal, *equal;
  const std::uint8_t* source_index;
  T* target;
  std::uint8_t* index;
  Index h, first, rows, channels;
};

// Calls work(row, rows that meet the same: itself, and the next of its image too?), which returns how many it has made.
template <class T, class Do> INLINE void for_each_row(const PoolPass<T>& a, const PoolPart& part, Do work) {
  Index image = part.begin / a.target_h, h = part.begin % a.target_h;
  for (Index row = part.begin; row < part.end;) {
    const Index from = image * a.source_image + part.channel, to = row * a.target_w * a.pixel + part.channel;
    const Index first = a.first_row[h], rows = a.first_row[h + 1] - first;
    bool alike = row + 1 < part.end && h + 1 < a.target_h && a.first_row[h + 2] - a.first_row[h + 1] == rows;
    for (Index r = first; alike && r < first + rows; r++) alike = a.row[r] == a.row[r + rows];
    const auto at = [](auto* array, Index offset) { return array ? array + offset : nullptr; };
    const int made = work(Row<T>{a.source + from, at(a.source_equal, from), at(a.equal, to), at(a.source_index, from), a.target + to,
                                 at(a.index, to), h, first, rows, part.channels}, alike ? 2 : 1);
    row += made, h += made;
    if (h == a.target_h) h = 0, image++;
  }
}

// Sums of pixel p of row h to means.
template <int V, class T> INLINE void divide(const PoolPass<T>& a, Index h, Index p, Vec<T> (&sum)[V]) {
  const Vec<T> scale = splat(a.row_scale[h] * a.column_scale[p]);
  if (a.divides) {
    UNROLL for (int v = 0; v < V; v++) sum[v] /= scale;
  } else {
    UNROLL for (int v = 0; v < V; v++) sum[v] *= scale;
  }
}

// V vectors of channels of one target pixel; the last has n lanes. Columns: their number where it is known, else 0.
template <class T, int V, int Columns> struct Block {
  static constexpr int L = lanes<T>;
  Index at, c;                                 // of the pixel's first channel in the target row; the channel
  Index first, count;                          // the pixel's columns
  int n;

  INLINE Block(const PoolPass<T>& a, Index p, Index c, int n)
      : at(p * a.pixel + c), c(c), first(a.first_column[p]), count(a.first_column[p + 1] - first), n(n) {}
  INLINE int length(int v) const { return v < V - 1 ? L : n; }
  INLINE Vec<T> get(const T* from, int v) const { return v < V - 1 ? load(from + v * L) : load_some(from + v * L, n); }
  // Calls meet(the source's offset, row, column) for each.
  template <class Meet> INLINE void for_each(const PoolPass<T>& a, const Row<T>& row, Meet meet) const {
    for (Index r = row.first; r < row.first + row.rows; r++)
      for (Index k = 0; k < (Columns ? Columns : count); k++) meet(a.row[r] + a.column[first + k] + c, r, first + k);
  }
};

// The largest, and its place. Careful: a NaN is larger than all, the first of several.
template <class T, Combine combine, int V, int Columns, bool careful>
INLINE bool maximum_block(const PoolPass<T>& a, const Row<T>& row, const Block<T, V, Columns>& block) {
  constexpr bool with_index = combine == Combine::maximum_index;
  using One = typename Lanes<T>::one;
  Vec<T> result[V], sum[V];                    // the sum is NaN where a source is
  Int<T> index[V];
  UNROLL for (int v = 0; v < V; v++) {
    result[v] = Vec<T>{} - T(__builtin_inf()), sum[v] = Vec<T>{};
    if (with_index) index[v] = Int<T>{} + One(a.row_place[row.first] + a.column_place[block.first]);
  }
  block.for_each(a, row, [&](Index from, Index r, Index k) {
    const One place = with_index ? One(a.row_place[r] + a.column_place[k]) : 0;
    UNROLL for (int v = 0; v < V; v++) {
      const Vec<T> x = loaded(block.get(row.source + from, v));
      Int<T> better = x > result[v];
      if (careful) better |= (x != x) & (result[v] == result[v]);
      else sum[v] += x;
      result[v] = better ? x : result[v];
      if (with_index) index[v] = better ? Int<T>{} + place : index[v];
    }
  });
  if (!careful) {
    UNROLL for (int v = 1; v < V; v++) sum[0] += sum[v];
    if (has_nan<T>(sum[0])) return false;
  }
  T* const target = row.target + block.at;
  std::uint8_t* const place = with_index ? row.index + block.at : nullptr;
  UNROLL for (int v = 0; v < V; v++) {
    put(target + v * lanes<T>, result[v], block.length(v));
    if (with_index) store_index<T>(place + v * lanes<T>, index[v], block.length(v));
  }
  return true;
}

template <class T, Combine combine, int V, int Columns>
INLINE void combine_block(const PoolPass<T>& a, const Row<T>& row, Index p, Index c, int n) {
  const Block<T, V, Columns> block(a, p, c, n);
  if constexpr (combine == Combine::maximum || combine == Combine::maximum_index) {
    if (!maximum_block<T, combine, V, Columns, false>(a, row, block)) maximum_block<T, combine, V, Columns, true>(a, row, block);
    return;
  }
  Vec<T> result[V], equal[V];
  UNROLL for (int v = 0; v < V; v++) {
    result[v] = Vec<T>{};
    if (combine == Combine::count || combine == Combine::where_equal) equal[v] = block.get(row.equal + block.at, v);
  }
  block.for_each(a, row, [&](Index from, Index r, Index k) {
    const int place = combine == Combine::where_index ? int(a.row_place[r] + a.column_place[k]) : 0;
    const T scale = combine == Combine::scaled_sum ? a.row_scale[r] * a.column_scale[k] : T(1);
    UNROLL for (int v = 0; v < V; v++) {
      const Vec<T> x = block.get(row.source + from, v);
      if constexpr (combine == Combine::sum) {
        result[v] += x;
      } else if constexpr (combine == Combine::count) {
        result[v] += ((x == equal[v]) | (x != x)) ? Vec<T>{} + T(1) : Vec<T>{};
      } else if constexpr (combine == Combine::where_index) {
        result[v] = add_where<T>(result[v], x, row.source_index + from + v * lanes<T>, block.length(v), place);
      } else if constexpr (combine == Combine::where_equal) {
        const Vec<T> best = block.get(row.source_equal + from, v);
        result[v] += ((equal[v] == best) | (equal[v] != equal[v])) ? x : Vec<T>{};
      } else {
        result[v] += x * scale;
      }
    }
  });
  if constexpr (combine == Combine::sum) divide<V, T>(a, row.h, p, result);
  T* const target = row.target + block.at;
  UNROLL for (int v = 0; v < V; v++) put(target + v * lanes<T>, result[v], block.length(v));
}

// A large window's sum of few channels grows in registers, in several chains, so that additions need not wait for each other.
template <class T, int V> INLINE void sum_block(const PoolPass<T>& a, const Row<T>& row, Index p, Index c, int n) {
  constexpr int L = lanes<T>, chains = V < 3 ? 4 : 2;
  const Index first = a.first_column[p], columns = a.first_column[p + 1] - first;
  const auto get = [&](const T* from, int v) { return v < V - 1 ? load(from + v * L) : load_some(from + v * L, n); };
  Vec<T> sum[chains][V];
  UNROLL for (int i = 0; i < chains; i++)
    UNROLL for (int v = 0; v < V; v++) sum[i][v] = Vec<T>{};
  for (Index r = row.first; r < row.first + row.rows; r++)
    for (Index k = 0; k < columns; k += chains)
      UNROLL for (int i = 0; i < chains; i++) {
        if (k + i >= columns) break;
        const T* const from = row.source + a.row[r] + a.column[first + k + i] + c;
        UNROLL for (int v = 0; v < V; v++) sum[i][v] += get(from, v);
      }
  UNROLL for (int v = 0; v < V; v++)
    UNROLL for (int i = 1; i < chains; i++) sum[0][v] += sum[i][v];
  divide<V, T>(a, row.h, p, sum[0]);
  T* const target = row.target + p * a.pixel + c;
  UNROLL for (int v = 0; v < V; v++) put(target + v * L, sum[0][v], v < V - 1 ? L : n);
}

// target += the sum of N sources. The first vector is a partial one, so that the next lie in whole cache lines, if they can.
template <class T, int N> INLINE void add_sources(const T* const* sources, Index channels, bool begins, T* target) {
  constexpr int L = lanes<T>;
  const auto add = [&](Index c, int n) {
    Vec<T> sum = begins ? Vec<T>{} : load_some(target + c, n);
    UNROLL for (int i = 0; i < N; i++) sum += load_some(sources[i] + c, n);
    put(target + c, sum, n);
  };
  Index c = Index(-reinterpret_cast<std::uintptr_t>(sources[0]) % vector_bytes / sizeof(T));
  if (c) add(0, int(c));
  for (; c + L <= channels; c += L) add(c, L);
  if (c < channels) add(c, int(channels - c));
}

// That of many channels, whole vectors of them, gathers in the target, a few sources at a time, so that they go by in long runs.
template <class T> INLINE void sum_runs(const PoolPass<T>& a, const Row<T>& row, Index p, Index channels) {
  constexpr int together = 4;
  const Index first = a.first_column[p], columns = a.first_column[p + 1] - first, all = row.rows * columns;
  T* const target = row.target + p * a.pixel;
  Index r = row.first, k = 0, done = 0;
  const auto next = [&] {
    const T* const source = row.source + a.row[r] + a.column[first + k];
    if (++k == columns) k = 0, r++;
    return source;
  };
  for (; done + together <= all; done += together) {
    const T* sources[together];
    for (const T*& source : sources) source = next();
    add_sources<T, together>(sources, channels, done == 0, target);
  }
  for (; done < all; done++) {
    const T* const sources[1] = {next()};
    add_sources<T, 1>(sources, channels, done == 0, target);
  }
  for (Index c = 0; c < channels; c += lanes<T>) {
    Vec<T> sum[1] = {load(target + c)};
    divide<1, T>(a, row.h, p, sum);
    store(target + c, sum[0]);
  }
}

// V vectors from channel c on of all pixels of a target row; the last vector has n lanes. A function of its own, as are the next
// ones, so that the few pointers of each stay in registers.
template <class T, Combine combine, int V> NOINLINE void narrow_row(const PoolPass<T>& pass, const Row<T>& target, Index c, int n) {
  const PoolPass<T> a = pass;                  // copies that no store can change
  const Row<T> row = target;
  for (Index p = 0; p < a.target_w; p++) switch (a.first_column[p + 1] - a.first_column[p]) {
      case 1: combine_block<T, combine, V, 1>(a, row, p, c, n); break;
      case 2: combine_block<T, combine, V, 2>(a, row, p, c, n); break;
      case 3: combine_block<T, combine, V, 3>(a, row, p, c, n); break;
      default:
        if constexpr (combine == Combine::sum) sum_block<T, V>(a, row, p, c, n);
        else combine_block<T, combine, V, 0>(a, row, p, c, n);
    }
}

constexpr int widest = 4;                      // vectors of a block

// The first `channels`, in whole blocks.
template <class T, Combine combine, int Columns> INLINE void wide_pixel(const PoolPass<T>& a, const Row<T>& row, Index p, Index channels) {
  for (Index c = 0; c < channels; c += widest * lanes<T>) combine_block<T, combine, widest, Columns>(a, row, p, c, lanes<T>);
}
template <class T, Combine combine> NOINLINE void wide_row(const PoolPass<T>& pass, const Row<T>& target, Index channels) {
  const PoolPass<T> a = pass;
  const Row<T> row = target;
  for (Index p = 0; p < a.target_w; p++) switch (a.first_column[p + 1] - a.first_column[p]) {
      case 1: wide_pixel<T, combine, 1>(a, row, p, channels); break;
      case 2: wide_pixel<T, combine, 2>(a, row, p, channels); break;
      case 3: wide_pixel<T, combine, 3>(a, row, p, channels); break;
      default:
        if (combine == Combine::sum && row.rows > 0) sum_runs(a, row, p, channels);
        else wide_pixel<T, combine, 0>(a, row, p, channels);
    }
}

template <class T, Combine combine> void pool_rows(const PoolPass<T>& a, const PoolPart& part) {
  constexpr int L = lanes<T>;
  const Index wide = part.channels <= widest * L ? 0 : part.channels / (widest * L) * (widest * L), rest = part.channels - wide;
  const int n = int(rest % L ? rest % L : L);
  for_each_row(a, part, [&](const Row<T>& row, int) {
    if (wide) wide_row<T, combine>(a, row, wide);
    switch ((rest + L - 1) / L) {
      case 1: narrow_row<T, combine, 1>(a, row, wide, n); break;
      case 2: narrow_row<T, combine, 2>(a, row, wide, n); break;
      case 3: narrow_row<T, combine, 3>(a, row, wide, n); break;
      case 4: narrow_row<T, combine, 4>(a, row, wide, n);
    }
    return 1;
  });
}

// N target rows of the same source rows, one after another, with several pixels to a vector. Single: each meets one source row, and
// has one layer.
template <class T, Combine combine, int N, bool single>
NOINLINE void rows_in_vectors(const PoolPass<T>& a, const Row<T>& row, const PoolVectors<T>& list) {
  constexpr int L = lanes<T>;
  const Index rows = single ? 1 : row.rows, layers = single ? 1 : list.layers, size = a.target_w * a.pixel;
  const Index *const offset = a.row + row.first, *const row_place = a.row_place + row.first;
  const T *const source = row.source, *const source_equal = row.source_equal, *const row_scale = a.row_scale + row.first;
  const std::uint8_t* const source_index = row.source_index;
  const PoolOrder<T>* const orders = list.order;
  const int readable = list.readable;
  const PoolVector* met = list.vector;
  const T* target_equal = row.equal;
  T* target = row.target;
  for (Index left = size; left > 0; left -= L, target += L) {
    const int n = left < L ? int(left) : L;
    Vec<T> sum[N], equal[N];
    UNROLL for (int i = 0; i < N; i++) {
      sum[i] = Vec<T>{};
      if (combine == Combine::where_equal) equal[i] = load_some(target_equal + i * size, n);
    }
    if (combine == Combine::where_equal) target_equal += L;
    for (Index layer = 0; layer < layers; layer++, met++) {
      const PoolOrder<T>& order = orders[met->order];
      const Int<T> lane = load_order<T>(order.lane), place = load_order<T>(order.place);
      for (Index r = 0; r < rows; r++) {
        const Index from = offset[r] + met->source;
        const Vec<T> x = load_in_order(source + from, readable, lane);
        if constexpr (combine == Combine::where_index) {
          const Int<T> index = index_in_order<T>(source_index + from, readable, lane) - place;
          UNROLL for (int i = 0; i < N; i++) sum[i] += index == typename Lanes<T>::one(row_place[i * rows + r]) ? x : Vec<T>{};
        } else if constexpr (combine == Combine::where_equal) {
          const Vec<T> best = load_in_order(source_equal + from, readable, lane);
          UNROLL for (int i = 0; i < N; i++)
            sum[i] += (place >= 0) & ((equal[i] == best) | (equal[i] != equal[i])) ? x : Vec<T>{};
        } else {
          sum[0] += place >= 0 ? x * (load(order.scale) * row_scale[r]) : Vec<T>{};
        }
      }
    }
    UNROLL for (int i = 0; i < N; i++) {
      const Vec<T> result = sum[combine == Combine::scaled_sum ? 0 : i];
      put(target + i * size, result, n);
    }
  }
}

template <class T, Combine combine> void pool_vectors(const PoolPass<T>& a, const PoolPart& part, const PoolVectors<T>& list) {
  for_each_row(a, part, [&](const Row<T>& row, int alike) {
    if (alike == 2 && row.rows == 1 && list.layers == 1) rows_in_vectors<T, combine, 2, true>(a, row, list);
    else if (alike == 2) rows_in_vectors<T, combine, 2, false>(a, row, list);
    else rows_in_vectors<T, combine, 1, false>(a, row, list);
    return alike;
  });
}

template <class T, Combine combine> constexpr auto vectors_of() -> void (*)(const PoolPass<T>&, const PoolPart&, const PoolVectors<T>&) {
  if constexpr (combine == Combine::where_index || combine == Combine::where_equal || combine == Combine::scaled_sum)
    return pool_vectors<T, combine>;
  else return nullptr;
}

template <class T, int... I> constexpr convstep::Pooling<T> make(std::integer_sequence<int, I...>) {
  return {{pool_rows<T, Combine(I)>...}, {vectors_of<T, Combine(I)>()...}, lanes<T>, widest * lanes<T>};
}

constexpr auto all = std::make_integer_sequence<int, convstep::combines>();
constexpr convstep::Both<convstep::Pooling> table{make<float>(all), make<double>(all)};

}  // namespace

namespace convstep::CONVSTEP_TARGET {

extern const Both<Pooling> pooling;
const Both<Pooling> pooling = table;

}  // namespace convstep::CONVSTEP_TARGET
