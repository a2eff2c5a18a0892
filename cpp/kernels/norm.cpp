// The kernels of batch norm. Lanes are columns; a few vectors of them go down all rows of the block together, so that sums, means
// and scales stay in registers and several sums grow at a time.
//
// Assumes: arrays of vectors stay in registers: no address taken, loops over them unrolled.
#include "norm.hpp"

#include "activate.hpp"

#define ALWAYS __attribute__((always_inline))

namespace {

using convstep::Activation;
using convstep::Index;
using convstep::NormBlock;

// V vectors of columns from `column` on; the last has `tail` lanes.
template <class T, int V> struct Columns {
  Index column;
  int tail;

  INLINE Vec<T> get(const T* row, int v) const {
    const T* const p = row + column + v * lanes<T>;
    return v < V - 1 || tail == lanes<T> ? load(p) : load_some(p, tail);
  }
  INLINE void put(T* row, int v, Vec<T> x) const {
    T* const p = row + column + v * lanes<T>;
    if (v < V - 1 || tail == lanes<T>) store(p, x);
    else store_some(p, x, tail);
  }
};

// Calls work(Columns) for all columns, in groups of up to `widest` vectors.
template <class T, class Work> INLINE void for_each_group(Index columns, Work work) {
  constexpr int L = lanes<T>, widest = registers == 32 ? 4 : 2;
  Index c = 0;
  for (; c + widest * L <= columns; c += widest * L) work(Columns<T, widest>{c, L});
  for (; c < columns; c += L) work(Columns<T, 1>{c, columns - c < L ? int(columns - c) : L});
}

// What rounding takes from the mean, the distances from it tell: they add up to it (Björck's corrected two passes).
template <class T, int V> INLINE void moments_of(const NormBlock<T>& a, Columns<T, V> at) {
  Vec<T> mean[V], square[V], rest[V];
  UNROLL for (int v = 0; v < V; v++) mean[v] = square[v] = rest[v] = Vec<T>{};
  const T* row = a.x;
  for (Index r = 0; r < a.rows; r++, row += a.step)
    UNROLL for (int v = 0; v < V; v++) mean[v] += at.get(row, v);
  UNROLL for (int v = 0; v < V; v++) mean[v] /= splat(T(a.rows));
  row = a.x;
  for (Index r = 0; r < a.rows; r++, row += a.step)
    UNROLL for (int v = 0; v < V; v++) {
      const Vec<T> far = at.get(row, v) - mean[v];
      square[v] += far * far;
      rest[v] += far;
    }
  UNROLL for (int v = 0; v < V; v++) {
    const Vec<T> off = rest[v] / splat(T(a.rows));
    at.put(a.first, v, mean[v] + off);
    at.put(a.second, v, square[v] - rest[v] * off);
  }
}

// What of a column does not change from row to row.
template <class T, int V> struct Numbers {
  Vec<T> mean[V], scale[V], bias[V];

  INLINE Numbers(const NormBlock<T>& a, Columns<T, V> at) {
    UNROLL for (int v = 0; v < V; v++) mean[v] = at.get(a.mean, v), scale[v] = at.get(a.scale, v), bias[v] = at.get(a.bias, v);
  }
  // The result before the activation, of x - mean: forward and backward the same bits.
  INLINE Vec<T> normal(Vec<T> far, int v) const { return far * scale[v] + bias[v]; }
  // Where the activation is a rectifier, what it makes of z passes as much as z does.
  template <Activation activation> INLINE Vec<T> passed(Vec<T> grad, Vec<T> far, int v) const {
    if constexpr (activation == Activation::none) return grad;
    return activate_backward<T>(grad, normal(far, v), activation);
  }
};

template <class T, Activation activation, int V> INLINE void apply_to(const NormBlock<T>& a, Columns<T, V> at) {
  const Numbers<T, V> of(a, at);
  const T* row = a.x;
  T* out = a.out;
  for (Index r = 0; r < a.rows; r++, row += a.step, out += a.step)
    UNROLL for (int v = 0; v < V; v++) at.put(out, v, activate<T>(of.normal(at.get(row, v) - of.mean[v], v), activation));
}

template <class T, Activation activation, int V> INLINE void sums_of(const NormBlock<T>& a, Columns<T, V> at) {
  const Numbers<T, V> of(a, at);
  Vec<T> sum[V], product[V];
  UNROLL for (int v = 0; v < V; v++) sum[v] = product[v] = Vec<T>{};
  Index from = 0;
  for (Index r = 0; r < a.rows; r++, from += a.step)
    UNROLL for (int v = 0; v < V; v++) {
      const Vec<T> far = at.get(a.x + from, v) - of.mean[v];
      const Vec<T> g = of.template passed<activation>(at.get(a.grad + from, v), far, v);
      sum[v] += g;
      product[v] += g * far;
    }
  UNROLL for (int v = 0; v < V; v++) {
    at.put(a.first, v, sum[v]);
    at.put(a.second, v, product[v]);
  }
}

template <class T, Activation activation, int V> INLINE void input_grad_of(const NormBlock<T>& a, Columns<T, V> at) {
  const Numbers<T, V> of(a, at);
  Vec<T> shift[V], slope[V];
  UNROLL for (int v = 0; v < V; v++) shift[v] = at.get(a.shift, v), slope[v] = at.get(a.slope, v);
  Index from = 0;
  for (Index r = 0; r < a.rows; r++, from += a.step)
    UNROLL for (int v = 0; v < V; v++) {
      const Vec<T> far = at.get(a.x + from, v) - of.mean[v];
      const Vec<T> g = of.template passed<activation>(at.get(a.grad + from, v), far, v);
      at.put(a.out + from, v, (g - shift[v] - far * slope[v]) * of.scale[v]);
    }
}

template <class T> void moments(const NormBlock<T>& args) {
  const NormBlock<T> a = args;                 // a copy that no store can change
  for_each_group<T>(a.columns, [&](auto at) ALWAYS { moments_of(a, at); });
}
template <class T, Activation activation> void apply(const NormBlock<T>& args) {
  const NormBlock<T> a = args;
  for_each_group<T>(a.columns, [&](auto at) ALWAYS { apply_to<T, activation>(a, at); });
}
template <class T, Activation activation> void sums(const NormBlock<T>& args) {
  const NormBlock<T> a = args;
  for_each_group<T>(a.columns, [&](auto at) ALWAYS { sums_of<T, activation>(a, at); });
}
template <class T, Activation activation> void input_grad(const NormBlock<T>& args) {
  const NormBlock<T> a = args;
  for_each_group<T>(a.columns, [&](auto at) ALWAYS { input_grad_of<T, activation>(a, at); });
}

#define EACH(kernel) \
  {kernel<T, Activation::none>, kernel<T, Activation::relu>, kernel<T, Activation::leaky_relu>, kernel<T, Activation::relu6>}
template <class T> constexpr convstep::Norm<T> functions{lanes<T>, moments<T>, EACH(apply), EACH(sums), EACH(input_grad)};

constexpr convstep::Both<convstep::Norm> table{functions<float>, functions<double>};

}  // namespace

namespace convstep::CONVSTEP_TARGET {

extern const Both<Norm> norm;
const Both<Norm> norm = table;

}  // namespace convstep::CONVSTEP_TARGET
