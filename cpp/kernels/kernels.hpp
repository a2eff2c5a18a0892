// What a target offers: its register tiles, as tables of function pointers. Everything around the tiles (loops over images,
// packing, threads) is compiled once, in core/, and reaches the instruction sets only through these tables.
//
// Assumes: plain data, constant-initialised, so that loading the library runs no code of a target.
#pragma once
#include <cstdint>

namespace convstep {

using Index = std::int64_t;

constexpr int max_vectors = 4;   // widest channel block, in vectors
constexpr int max_rows = 16;     // tallest register tile

enum class Activation { none, relu, leaky_relu };

// tile<R, V>: out[r] = activation(bias + sum over taps t and depth k of in[t][r][k] * weight[t][k]), R pixels x V vectors.
template <class T> struct TileArgs {
  const T* const* in;        // [taps][R] pixels, `depth` elements each; a tap in the padding points at zeros
  Index taps, depth;
  const T* weight;           // [taps][depth][V vectors], zero beyond the last channel
  T* const* out;             // [R] pixels
  Index channel;             // first channel, in every out pixel
  int tail;                  // channels in the last vector, 1..lanes
  const T* bias;             // V vectors
  bool accumulate;           // add to out, in place of the bias
  Activation activation;
};

// panel_tile<R, V>: out[r] = sum over pixels p of x[p][r] * grad[p], R rows x V vectors.
template <class T> struct PanelArgs {
  const T* x;                // [pixels][x_stride]
  const T* grad;             // [pixels][V vectors]
  Index pixels, x_stride;
  T* out;                    // [R][out_stride]
  Index out_stride;
  int tail;
  bool accumulate;
};

// sum_rows<V>: out = sum over rows of x[row], V vectors.
template <class T> struct SumArgs {
  const T* x;                // [rows][x_stride]
  Index rows, x_stride;
  T* out;
  int tail;
  bool accumulate;
};

template <class T> struct Kernels {
  int lanes;                                                       // elements of a vector
  int vectors;                                                     // widest block in use, <= max_vectors
  int rows[max_vectors + 1];                                       // tallest tile for each width
  void (*tile[max_vectors + 1][max_rows + 1])(const TileArgs<T>&);
  void (*panel_tile[max_vectors + 1][max_rows + 1])(const PanelArgs<T>&);
  void (*sum_rows[max_vectors + 1])(const SumArgs<T>&);
};

struct Target {
  const char* name;
  Kernels<float> f32;
  Kernels<double> f64;
};

template <class T> const Kernels<T>& kernels_of(const Target& target);
template <> inline const Kernels<float>& kernels_of(const Target& target) { return target.f32; }
template <> inline const Kernels<double>& kernels_of(const Target& target) { return target.f64; }

}  // namespace convstep
