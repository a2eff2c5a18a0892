// The planar convolution's register tile and the transposition before and after it.
//
// Assumes: R*V sums, V vectors of pixels and one broadcast weight fit the registers. A tile reads V whole vectors at every tap:
// its input goes on for as long after the last pixel.
#include "planar.hpp"

#include <utility>
#include "register_tile.hpp"

namespace {

using convstep::Index;

template <class T, int R, int V> void tile(const convstep::PlanarArgs<T>& a) {
  constexpr int L = lanes<T>;
  Vec<T> sum[R][V];
  UNROLL for (int r = 0; r < R; r++) {
    const Vec<T> bias = splat(a.bias[r]);
    UNROLL for (int v = 0; v < V; v++) sum[r][v] = bias;
  }
  const T* weight = a.weight;
  for (Index k = 0; k < a.planes; k++)
    for (Index t = 0; t < a.rows; t++) {
      const T* in = a.in + k * a.plane + t * a.row;
      for (Index j = 0; j < a.columns; j++, in++, weight += R) {
        Vec<T> x[V];
        UNROLL for (int v = 0; v < V; v++) x[v] = load_once(in + v * L);
        UNROLL for (int r = 0; r < R; r++) {
          const Vec<T> w = splat(weight[r]);
          UNROLL for (int v = 0; v < V; v++) sum[r][v] += w * x[v];
        }
      }
    }
  UNROLL for (int r = 0; r < R; r++) UNROLL for (int v = 0; v < V; v++)
    store(a.out + r * a.out_plane + v * L, activate<T>(sum[r][v], a.activation));
}

// Exchanges the upper lanes of each 2*H lanes of a with the lower ones of b.
template <class T, int H, int... l> INLINE void exchange(Vec<T>& a, Vec<T>& b, std::integer_sequence<int, l...>) {
  constexpr int L = lanes<T>;
  const Vec<T> lower = __builtin_shufflevector(a, b, (l & H ? L + l - H : l)...);
  const Vec<T> upper = __builtin_shufflevector(a, b, (l & H ? L + l : l + H)...);
  a = lower, b = upper;
}

// Transposes a square of lanes, by halves, quarters and so on.
template <class T, int H> INLINE void transpose_square(Vec<T> (&v)[lanes<T>]) {
  constexpr int L = lanes<T>;
  UNROLL for (int i = 0; i < L; i++)
    if (!(i & H)) exchange<T, H>(v[i], v[i + H], std::make_integer_sequence<int, L>());
  if constexpr (H > 1) transpose_square<T, H / 2>(v);
}

// Where the block from `at` on begins: the last one overlaps the one before rather than being narrow.
template <class T> INLINE Index block_start(Index at, Index size) {
  return size >= lanes<T> && at > size - lanes<T> ? size - lanes<T> : at;
}

template <class T> void transpose(const T* from, Index from_step, Index rows, Index columns, T* to, Index to_step) {
  constexpr int L = lanes<T>;
  const int high = int(rows < L ? rows : L), wide = int(columns < L ? columns : L);   // of every block
  for (Index i = 0; i < rows; i += L)
    for (Index j = 0; j < columns; j += L) {
      const Index row = block_start<T>(i, rows), column = block_start<T>(j, columns);
      const T* block = from + row * from_step + column;
      T* turned = to + column * to_step + row;
      Vec<T> v[L];
      if (wide == L && high == L) {
        UNROLL for (int n = 0; n < L; n++) v[n] = load(block + n * from_step);
      } else {
        UNROLL for (int n = 0; n < L; n++) v[n] = n < high ? load_some(block + n * from_step, wide) : Vec<T>{};
      }
      transpose_square<T, L / 2>(v);
      if (wide == L && high == L) {
        UNROLL for (int n = 0; n < L; n++) store(turned + n * to_step, v[n]);
      } else {
        UNROLL for (int n = 0; n < L; n++)
          if (n < wide) store_some(turned + n * to_step, v[n], high);
      }
    }
}

constexpr int pixels_for(int R) {
  const int fit = (registers - 1) / (R + 1);
  return fit < convstep::most_pixels ? fit : convstep::most_pixels;
}

template <class T, int R, int... V> constexpr void fill_planes(convstep::Planar<T>& k, std::integer_sequence<int, V...>) {
  k.pixels[R] = sizeof...(V);
  ((k.tile[R][V + 1] = tile<T, R, V + 1>), ...);
}

template <class T, int... R> constexpr convstep::Planar<T> make_planar(std::integer_sequence<int, R...>) {
  convstep::Planar<T> k{};
  (fill_planes<T, R + 1>(k, std::make_integer_sequence<int, pixels_for(R + 1)>()), ...);
  k.transpose = transpose<T>;
  return k;
}

constexpr auto planes = std::make_integer_sequence<int, convstep::most_planes>();
constexpr convstep::Both<convstep::Planar> table{make_planar<float>(planes), make_planar<double>(planes)};

}  // namespace

namespace convstep::CONVSTEP_TARGET {

extern const Both<Planar> planar;
const Both<Planar> planar = table;

}  // namespace convstep::CONVSTEP_TARGET
