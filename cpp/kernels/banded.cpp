// The register tiles of the banded convolution: the tiles of tiles.cpp for windows that lie in one piece for each kernel row.
//
// Assumes: as in tiles.cpp, R*V sums, V weights and one broadcast value fit the registers, and the arrays of vectors stay there.
#include "banded.hpp"

#include <utility>
#include "register_tile.hpp"

namespace {

using convstep::Index;

template <class T, int R, int V> void group_tile(const convstep::GroupTileArgs<T>& a) {
  constexpr int L = lanes<T>;
  Vec<T> sum[R][V];
  UNROLL for (int v = 0; v < V; v++) {
    const Vec<T> bias = load(a.bias + v * L);
    UNROLL for (int r = 0; r < R; r++) sum[r][v] = bias;
  }
  const T* in = a.in;
  const T* matrix = a.matrix;
  const Index in_step = a.in_step, depth = a.depth, step = a.matrix_step;
  for (Index row = a.rows; row > 0; row--, in += a.row_step) {
    const T* third[(R + 2) / 3];   // an address holds a multiple of in_step of up to 2: a pointer serves three groups
    UNROLL for (int i = 0; i < (R + 2) / 3; i++) third[i] = in + 3 * i * in_step;
    for (Index k = 0; k < depth; k++, matrix += step) {
      Vec<T> w[V];
      UNROLL for (int v = 0; v < V; v++) w[v] = load_once(matrix + v * L);
      UNROLL for (int r = 0; r < R; r++) {
        const Vec<T> x = splat(third[r / 3][r % 3 * in_step]);
        UNROLL for (int v = 0; v < V; v++) sum[r][v] += x * w[v];
      }
      UNROLL for (int i = 0; i < (R + 2) / 3; i++) third[i]++;
    }
  }
  if (a.activation != convstep::Activation::none)
    UNROLL for (int r = 0; r < R; r++) UNROLL for (int v = 0; v < V; v++) sum[r][v] = activate<T>(sum[r][v], a.activation);
  T* out = a.out;
  const Index out_step = a.out_step;
  const int tail = a.tail;
  UNROLL for (int r = 0; r < R; r++, out += out_step) {
    UNROLL for (int v = 0; v < V - 1; v++) store(out + v * L, sum[r][v]);
    store_some(out + (V - 1) * L, sum[r][V - 1], tail);
  }
}

template <class T, int R, int V, bool scattered> void outer_tile(const convstep::OuterTileArgs<T>& a) {
  constexpr int L = lanes<T>;
  Vec<T> sum[R][V];
  UNROLL for (int r = 0; r < R; r++) UNROLL for (int v = 0; v < V; v++) sum[r][v] = load(a.sum + r * a.sum_step + v * L);
  const int tail = a.tail;
  const T* in[R];
  UNROLL for (int r = 0; r < (scattered ? R : 1); r++) in[r] = a.in + a.at[r];
  for (Index row = 0; row < a.rows; row++) {
    const T* grad = a.grad + row * a.grad_row;
    const Index end = row * a.in_row + a.groups * a.in_group;
    for (Index p = row * a.in_row; p < end; p += a.in_group, grad += a.grad_group) {
      const T* side_by_side = in[0] + p;
      Vec<T> g[V];
      UNROLL for (int v = 0; v < V; v++) g[v] = load_some(grad + v * L, v < V - 1 ? L : tail);
      UNROLL for (int r = 0; r < R; r++) {
        const Vec<T> x = splat(scattered ? in[r][p] : side_by_side[r]);
        UNROLL for (int v = 0; v < V; v++) sum[r][v] += x * g[v];
      }
    }
  }
  UNROLL for (int r = 0; r < R; r++) UNROLL for (int v = 0; v < V; v++) store(a.sum + r * a.sum_step + v * L, sum[r][v]);
}

// Taller tiles gain nothing, and store so much at once that the next tile waits.
constexpr int groups_for(int V) {
  const int enough = 25 / (V + 1);
  return rows_for(V) < enough ? rows_for(V) : enough;
}

template <class T, int V, int... R> constexpr void fill_groups(convstep::Banded<T>& k, std::integer_sequence<int, R...>) {
  k.groups[V] = sizeof...(R);
  ((k.group_tile[V][R + 1] = group_tile<T, R + 1, V>), ...);
}

template <class T, int V, int... R> constexpr void fill_width(convstep::Banded<T>& k, std::integer_sequence<int, R...>) {
  ((k.outer_tile[V][R + 1] = outer_tile<T, R + 1, V, false>), ...);
  ((k.scattered_tile[V][R + 1] = R < convstep::most_scattered ? outer_tile<T, R + 1, V, true> : nullptr), ...);
}

template <class T, int... V> constexpr convstep::Banded<T> make_banded(std::integer_sequence<int, V...>) {
  convstep::Banded<T> k{};
  (fill_groups<T, V + 1>(k, std::make_integer_sequence<int, groups_for(V + 1)>()), ...);
  (fill_width<T, V + 1>(k, std::make_integer_sequence<int, rows_for(V + 1)>()), ...);
  return k;
}

constexpr auto widths = std::make_integer_sequence<int, widest>();
constexpr convstep::Both<convstep::Banded> table{make_banded<float>(widths), make_banded<double>(widths)};

}  // namespace

namespace convstep::CONVSTEP_TARGET {

extern const Both<Banded> banded;
const Both<Banded> banded = table;

}  // namespace convstep::CONVSTEP_TARGET
