// The register tiles: the only hot loops of convolution.
//
// Assumes: R and V such that R*V sums, V weights and one broadcast value fit the registers (`rows_for`). The arrays of
// vectors must stay in registers: never take their address, and keep every loop over them fully unrolled.
//
// Compiled once per instruction set: everything but the table has internal linkage, and the table is a constant. A shared
// template or an initialiser compiled here could run on a machine that lacks the instructions.
#include "tiles.hpp"

#include <utility>
#include "register_tile.hpp"

namespace {

using convstep::Activation;
using convstep::Index;

template <class T, int R, int V> void tile(const convstep::TileArgs<T>& a) {
  constexpr int L = lanes<T>;
  Vec<T> sum[R][V];
  if (a.accumulate) {
    UNROLL for (int r = 0; r < R; r++) UNROLL for (int v = 0; v < V; v++)
      sum[r][v] = load_some(a.out[r] + a.channel + v * L, v < V - 1 ? L : a.tail);
  } else {
    UNROLL for (int v = 0; v < V; v++) {
      const Vec<T> bias = load(a.bias + v * L);
      UNROLL for (int r = 0; r < R; r++) sum[r][v] = bias;
    }
  }
  const Index depth = a.depth, step = a.weight_step;
  for (const convstep::Reach* reach = a.reach; reach < a.reach + a.taps; reach++) {
    const T* weight = a.weight + reach->tap * a.weight_tap;
    const T* pixel[R];
    UNROLL for (int r = 0; r < R; r++) pixel[r] = a.in[r] + reach->move;
    constexpr int U = V == 1 ? 4 : 1;   // a narrow tile is bound by loads: use each pixel pointer U times
    Index k = 0;
    if (U > 1) {
      for (; k + U <= depth; k += U, weight += U * step) {
        Vec<T> w[U][V];
        UNROLL for (int u = 0; u < U; u++) UNROLL for (int v = 0; v < V; v++) w[u][v] = load(weight + u * step + v * L);
        UNROLL for (int r = 0; r < R; r++) UNROLL for (int u = 0; u < U; u++) {
          const Vec<T> x = splat(pixel[r][k + u]);
          UNROLL for (int v = 0; v < V; v++) sum[r][v] += x * w[u][v];
        }
      }
    }
    for (; k < depth; k++, weight += step) {
      Vec<T> w[V];
      UNROLL for (int v = 0; v < V; v++) w[v] = load(weight + v * L);
      UNROLL for (int r = 0; r < R; r++) {
        const Vec<T> x = splat(pixel[r][k]);
        UNROLL for (int v = 0; v < V; v++) sum[r][v] += x * w[v];
      }
    }
  }
  if (a.activation != Activation::none)
    UNROLL for (int r = 0; r < R; r++) UNROLL for (int v = 0; v < V; v++) sum[r][v] = activate<T>(sum[r][v], a.activation);
  UNROLL for (int r = 0; r < R; r++) {
    T* out = a.out[r] + a.channel;
    UNROLL for (int v = 0; v < V - 1; v++) store(out + v * L, sum[r][v]);
    store_some(out + (V - 1) * L, sum[r][V - 1], a.tail);
  }
}

template <class T, int R, int V> void panel_tile(const convstep::PanelArgs<T>& a) {
  constexpr int L = lanes<T>;
  Vec<T> sum[R][V];
  UNROLL for (int r = 0; r < R; r++) UNROLL for (int v = 0; v < V; v++) sum[r][v] = Vec<T>{};
  for (const convstep::Segment<T>* segment = a.segments; segment < a.segments + a.n_segments; segment++) {
    const T* x = segment->x + a.row;
    const T* grad = segment->grad + a.channel;
    for (Index p = 0; p < segment->pixels; p++, x += a.x_stride, grad += a.grad_stride) {
      Vec<T> g[V];
      UNROLL for (int v = 0; v < V; v++) g[v] = v < V - 1 ? load(grad + v * L) : load_some(grad + v * L, a.tail);
      UNROLL for (int r = 0; r < R; r++) {
        const Vec<T> s = splat(x[r]);
        UNROLL for (int v = 0; v < V; v++) sum[r][v] += s * g[v];
      }
    }
  }
  UNROLL for (int r = 0; r < R; r++) UNROLL for (int v = 0; v < V; v++) {
    T* out = a.out + r * a.out_stride + v * L;
    const int n = v < V - 1 ? L : a.tail;
    store_some(out, a.accumulate ? sum[r][v] + load_some(out, n) : sum[r][v], n);
  }
}

template <class T, int V> void sum_rows(const convstep::SumArgs<T>& a) {
  constexpr int L = lanes<T>;
  Vec<T> sum[V];
  UNROLL for (int v = 0; v < V; v++) sum[v] = Vec<T>{};
  const T* x = a.x;
  for (Index row = 0; row < a.rows; row++, x += a.x_stride)
    UNROLL for (int v = 0; v < V; v++) sum[v] += load_some(x + v * L, v < V - 1 ? L : a.tail);
  UNROLL for (int v = 0; v < V; v++) {
    const int n = v < V - 1 ? L : a.tail;
    store_some(a.out + v * L, a.accumulate ? sum[v] + load_some(a.out + v * L, n) : sum[v], n);
  }
}

static_assert(widest <= convstep::max_vectors);

template <class T> void copy(const T* from, Index from_step, Index rows, Index columns, T* to, Index to_step) {
  constexpr Index L = lanes<T>;
  const Index whole = columns / L * L;
  const int tail = int(columns - whole);
  for (Index r = 0; r < rows; r++, from += from_step, to += to_step) {
    for (Index c = 0; c < whole; c += L) store(to + c, load(from + c));
    if (tail) store_some(to + whole, load_some(from + whole, tail), tail);
  }
}

// Swaps the halves of blocks of 2S lanes between two rows: one stage of a transposition.
template <class T, int S, int... I> INLINE void swap_halves(Vec<T>& x, Vec<T>& y, std::integer_sequence<int, I...>) {
  constexpr int L = lanes<T>;
  const Vec<T> low = __builtin_shufflevector(x, y, ((I & S) ? I - S + L : I)...);
  const Vec<T> high = __builtin_shufflevector(x, y, ((I & S) ? I + L : I + S)...);
  x = low, y = high;
}

template <class T, int S> INLINE void stages(Vec<T>* rows) {
  if constexpr (S < lanes<T>) {
    UNROLL for (int i = 0; i < lanes<T>; i++)
      if (!(i & S)) swap_halves<T, S>(rows[i], rows[i + S], std::make_integer_sequence<int, lanes<T>>());
    stages<T, 2 * S>(rows);
  }
}

template <class T> void turn(const T* from, Index from_step, Index rows, Index columns, T* to, Index to_step) {
  constexpr int L = lanes<T>;
  for (Index r = 0; r < rows; r += L)
    for (Index c = 0; c < columns; c += L) {
      const int n_rows = rows - r < L ? int(rows - r) : L, n_columns = columns - c < L ? int(columns - c) : L;
      Vec<T> block[L];
      if (n_rows == L && n_columns == L) {
        UNROLL for (int i = 0; i < L; i++) block[i] = load(from + (r + i) * from_step + c);
        stages<T, 1>(block);
        UNROLL for (int i = 0; i < L; i++) store(to + (c + i) * to_step + r, block[i]);
      } else {
        for (int i = 0; i < n_columns; i++)
          for (int j = 0; j < n_rows; j++) to[(c + i) * to_step + r + j] = from[(r + j) * from_step + c + i];
      }
    }
}

template <class T, int V, int... R> constexpr void fill_width(convstep::Tiles<T>& k, std::integer_sequence<int, R...>) {
  k.rows[V] = sizeof...(R);
  ((k.tile[V][R + 1] = tile<T, R + 1, V>), ...);
  ((k.panel_tile[V][R + 1] = panel_tile<T, R + 1, V>), ...);
  k.sum_rows[V] = sum_rows<T, V>;
}

template <class T, int... V> constexpr convstep::Tiles<T> make_tiles(std::integer_sequence<int, V...>) {
  convstep::Tiles<T> k{};
  k.lanes = lanes<T>;
  k.vectors = widest;
  k.copy = copy<T>;
  k.turn = turn<T>;
  (fill_width<T, V + 1>(k, std::make_integer_sequence<int, rows_for(V + 1)>()), ...);
  return k;
}

constexpr auto widths = std::make_integer_sequence<int, widest>();
constexpr convstep::Both<convstep::Tiles> table{make_tiles<float>(widths), make_tiles<double>(widths)};

}  // namespace

namespace convstep::CONVSTEP_TARGET {

extern const Both<Tiles> tiles;
const Both<Tiles> tiles = table;

}  // namespace convstep::CONVSTEP_TARGET
