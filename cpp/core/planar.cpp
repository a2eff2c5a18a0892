// Strips of an image become planes, tiles of pixels are computed from them, and the planes of the result are put together again.
//
// Assumes: what planar.hpp says; planar_cost has found the shape to fit.
#include "planar.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <vector>
#include "denormals.hpp"
#include "finite.hpp"
#include "scratch.hpp"
#include "split.hpp"
#include "targets.hpp"

namespace convstep {
namespace {

constexpr Index planes_bytes = 256 << 10;    // they stay in the second-level cache
constexpr Index most_strip = 1 << 20;

// What is read ("in": x, or grad) and made ("out": y, or dx). Row h and column w of out read in from (top + h, left + w) on.
struct Problem {
  Index batch, in_h, in_w, depth, out_h, out_w, channels, kernel_h, kernel_w, top, left;

  Problem(const ConvShape& s, bool input_grad)
      : batch(s.batch), in_h(s.in_h), in_w(s.in_w), depth(s.in_channels), out_h(s.out_h), out_w(s.out_w), channels(s.out_channels),
        kernel_h(s.kernel_h), kernel_w(s.kernel_w), top(-s.pad_top), left(-s.pad_left) {
    if (!input_grad) return;
    std::swap(in_h, out_h), std::swap(in_w, out_w), std::swap(depth, channels);
    top = s.pad_top - (kernel_h - 1), left = s.pad_left - (kernel_w - 1);   // the kernel is turned around
  }

  Index row() const { return out_w + kernel_w - 1; }                        // of a plane
};

template <class T> struct Plan {
  const Planar<T>& kernels;
  Problem p;
  Index strip_rows, strips;                   // of out; strips of an image
  Index rows;                                 // of out at a time

  Plan(const ConvShape& s, bool input_grad) : kernels(pick<T>(*current_target().planar)), p(s, input_grad) {
    const double sums = double(s.taps() * p.depth * p.channels) * double(p.row()) / lanes();   // of a row of out, in vectors
    const Index share = rows_of_a_task(p.batch * p.out_h, sums);
    strips = parts_of(p.out_h, std::min(p.out_h, share));
    strip_rows = parts_of(p.out_h, strips);
    const Index fit = planes_bytes / std::max<Index>(1, p.depth * p.row() * Index(sizeof(T))) - (p.kernel_h - 1);
    rows = parts_of(strip_rows, parts_of(strip_rows, std::clamp<Index>(fit, 1, strip_rows)));
  }

  static int lanes() { return pick<T>(*current_target().tiles).lanes; }
  Index plane() const { return (rows + p.kernel_h - 1) * p.row(); }
  Index planes() const { return p.depth * plane() + slack(); }
  Index slack() const { return most_pixels * lanes() + p.kernel_w; }        // tiles read and write whole vectors
  Index result_plane() const { return rows * p.row() + slack(); }
};

// [depth][kernel row][column][channels] in the order of the planes.
template <class T> void pack_weight(const Problem& p, bool input_grad, const T* weight, T* packed) {
  for (Index k = 0; k < p.depth; k++)
    for (Index t = 0; t < p.kernel_h; t++)
      for (Index j = 0; j < p.kernel_w; j++)
        for (Index c = 0; c < p.channels; c++) {
          const Index tap = t * p.kernel_w + j, taps = p.kernel_h * p.kernel_w;
          *packed++ = input_grad ? weight[((taps - 1 - tap) * p.channels + c) * p.depth + k]
                                 : weight[(tap * p.depth + k) * p.channels + c];
        }
}

// Turns rows [row, row + rows) of an image into planes whose sides are zero already, from their row `at` on, and zeros rows that
// are not there.
template <class T> void make_planes(const Plan<T>& plan, const T* image, Index row, Index rows, Index at, T* planes) {
  const Problem& p = plan.p;
  const Index width = p.row(), begin = std::clamp<Index>(-p.left, 0, width), end = std::clamp(p.in_w - p.left, begin, width);
  const Index first = std::clamp<Index>(-row, 0, rows), last = std::clamp(p.in_h - row, first, rows);
  planes += at * width;
  for (Index k = 0; k < p.depth && last - first < rows; k++) {
    T* plane = planes + k * plan.plane();
    std::fill_n(plane, first * width, T(0));
    std::fill_n(plane + last * width, (rows - last) * width, T(0));
  }
  for (Index r = first; r < last; r++) {
    const T* from = image + ((row + r) * p.in_w + p.left + begin) * p.depth;
    T* to = planes + r * width + begin;
    if (p.depth == 1) std::memcpy(to, from, std::size_t(end - begin) * sizeof(T));
    else plan.kernels.transpose(from, p.depth, end - begin, p.depth, to, plan.plane());
  }
}

// Moves `rows` rows of the planes, from row `from` on, to their beginning: the next rows of out read them again.
template <class T> void keep_rows(const Plan<T>& plan, Index from, Index rows, T* planes) {
  const Index width = plan.p.row();
  for (Index k = 0; k < plan.p.depth; k++, planes += plan.plane())
    std::memmove(planes, planes + from * width, std::size_t(rows * width) * sizeof(T));
}

template <class T> struct Operands {
  const T* weight;
  const T* bias;
  Activation activation;
};

// Computes `rows` rows of the result's planes. Loop: tiles of pixels.
template <class T> void compute_planes(const Plan<T>& plan, const Operands<T>& operands, Index rows, const T* planes, T* result) {
  const Problem& p = plan.p;
  const Index vectors = parts_of((rows - 1) * p.row() + p.out_w, plan.lanes());
  const Index tiles = parts_of(vectors, plan.kernels.pixels[p.channels]);
  PlanarArgs<T> args;
  args.planes = p.depth, args.rows = p.kernel_h, args.columns = p.kernel_w;
  args.plane = plan.plane(), args.row = p.row(), args.out_plane = plan.result_plane();
  args.weight = operands.weight, args.bias = operands.bias, args.activation = operands.activation;
  for (Index tile = 0; tile < tiles; tile++) {
    const Index first = part_start(vectors, tiles, tile), count = part_start(vectors, tiles, tile + 1) - first;
    args.in = planes + first * plan.lanes();
    args.out = result + first * plan.lanes();
    plan.kernels.tile[p.channels][count](args);
  }
}

// One task: a strip of one image, a few rows at a time.
template <class T>
void planar_task(const Plan<T>& plan, const Operands<T>& operands, const T* in, T* out, Index task, T* planes, T* result) {
  const Problem& p = plan.p;
  const Index image = task / plan.strips, shared = p.kernel_h - 1;   // rows that one row of out reads and the next too
  const Index end = part_start(p.out_h, plan.strips, task % plan.strips + 1);
  in += image * p.in_h * p.in_w * p.depth;
  Index kept = 0;
  for (Index begin = part_start(p.out_h, plan.strips, task % plan.strips), rows; begin < end; begin += rows) {
    rows = std::min(plan.rows, end - begin);
    make_planes(plan, in, p.top + begin + kept, rows + shared - kept, kept, planes);
    compute_planes(plan, operands, rows, planes, result);
    for (Index r = 0; r < rows; r++) {
      T* to = out + (image * p.out_h + begin + r) * p.out_w * p.channels;
      const T* from = result + r * p.row();
      if (p.channels == 1) std::memcpy(to, from, std::size_t(p.out_w) * sizeof(T));
      else plan.kernels.transpose(from, plan.result_plane(), p.channels, p.out_w, to, p.channels);
    }
    if (begin + rows < end) keep_rows(plan, rows, shared, planes);
    kept = shared;
  }
}

template <class T>
bool run_planar(const ConvShape& s, bool input_grad, const T* in, const T* weight, const T* bias, Activation activation, T* out) {
  const Plan<T> plan(s, input_grad);
  const Problem& p = plan.p;
  const Index weights = s.taps() * p.depth * p.channels;
  if (p.batch * p.out_h * p.out_w * p.channels == 0) return true;
  if (!all_finite(weight, weights)) return false;
  const int workers = workers_for(s.multiply_adds());
  Scratch scratch(Scratch::bytes<T>(weights) + Scratch::bytes<T>(p.channels) +
                  std::size_t(workers) * (Scratch::bytes<T>(plan.planes()) + Scratch::bytes<T>(p.channels * plan.result_plane())));
  T* const packed = scratch.take<T>(weights);
  T* const biases = scratch.take<T>(p.channels);
  struct Memory {
    T *planes, *result;
  };
  std::vector<Memory> memory(static_cast<std::size_t>(workers));
  for (Memory& of_worker : memory) {
    of_worker = {scratch.take<T>(plan.planes()), scratch.take<T>(p.channels * plan.result_plane())};
    std::fill_n(of_worker.planes, plan.planes(), T(0));
  }
  pack_weight(p, input_grad, weight, packed);
  for (Index c = 0; c < p.channels; c++) biases[c] = bias ? bias[c] : T(0);

  const Operands<T> operands{packed, biases, activation};
  auto compute = [&](Index task, int worker) {
    const FlushDenormals<T> flush;
    const Memory& of_worker = memory[std::size_t(worker)];
    planar_task(plan, operands, in, out, task, of_worker.planes, of_worker.result);
  };
  parallel_for(p.batch * plan.strips, workers, compute);
  return true;
}

}  // namespace

// Multiply-adds, and what tiles, rows and the transpositions take beside them; the constants were fitted to times.
template <class T> double planar_cost(Pass pass, const ConvShape& s) {
  constexpr double impossible = std::numeric_limits<double>::infinity();
  constexpr double call = 700, tile = 20, store = 2, vector = 4, row_in = 4, only_row_in = 30, row_out = 15;
  if (pass == Pass::weight_grad || s.groups != 1 || s.stride_h != 1 || s.stride_w != 1 || s.dilation_h != 1 || s.dilation_w != 1)
    return impossible;
  const Problem p(s, pass == Pass::input_grad);
  if (p.channels == 0 || p.depth == 0 || p.channels > most_planes || p.depth * p.row() * p.kernel_h > most_strip || p.out_h == 0 ||
      p.out_w == 0)
    return impossible;
  const Plan<T> plan(s, pass == Pass::input_grad);
  const Index lanes = plan.lanes(), vectors = parts_of((plan.rows - 1) * p.row() + p.out_w, lanes);
  const Index tiles = parts_of(vectors, plan.kernels.pixels[p.channels]);
  const double parts = double(p.batch * plan.strips * parts_of(plan.strip_rows, plan.rows));
  const double height = double(p.channels), width = double(vectors) / double(tiles);
  // Each vector of pixels takes two loads, for it goes across lines of the cache; a weight takes one. Few sums wait for themselves.
  const double slower = std::max({1.0, 0.9 * (2 * width + height) / (width * height), 4 / (width * height)});
  const double sums = double(vectors) * double(s.taps() * p.depth) * height * slower;
  const double stores = double(tiles) * tile + double(vectors) * height * store;
  const double made = double(p.batch * plan.strips * (plan.strip_rows + p.kernel_h - 1));   // rows of planes
  const double square = vector * double(lanes);
  const double squares = double(parts_of(p.in_w, lanes) * parts_of(p.depth, lanes));
  const double in = p.depth == 1 ? only_row_in : squares * square + row_in * double(p.depth);
  const double out = p.channels == 1 ? 0 : double(parts_of(p.out_w, lanes)) * square;
  return call + parts * (sums + stores) + made * in + double(p.batch * p.out_h) * (out + row_out);
}

template <class T>
bool planar_conv2d(const ConvShape& s, const T* x, const T* weight, const T* bias, Activation activation, T* y) {
  return run_planar(s, false, x, weight, bias, activation, y);
}

template <class T> bool planar_input_grad(const ConvShape& s, const T* grad, const T* weight, T* dx) {
  return run_planar<T>(s, true, grad, weight, nullptr, Activation::none, dx);
}

template double planar_cost<float>(Pass, const ConvShape&);
template double planar_cost<double>(Pass, const ConvShape&);
template bool planar_conv2d(const ConvShape&, const float*, const float*, const float*, Activation, float*);
template bool planar_conv2d(const ConvShape&, const double*, const double*, const double*, Activation, double*);
template bool planar_input_grad(const ConvShape&, const float*, const float*, float*);
template bool planar_input_grad(const ConvShape&, const double*, const double*, double*);

}  // namespace convstep
