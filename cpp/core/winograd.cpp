// The loops around Winograd's transforms and the 36 products, which run on the register tiles of the direct convolution.
//
// Assumes: what winograd.hpp says, and winograd_fits.
#include "winograd.hpp"

#include <algorithm>
#include <atomic>
#include <vector>
#include "denormals.hpp"
#include "finite.hpp"
#include "scratch.hpp"
#include "split.hpp"
#include "targets.hpp"

namespace convstep {
namespace {

constexpr Index points = winograd_points, in_side = winograd_in, out_side = winograd_out;
constexpr Index cache_bytes = 512 << 10;         // of a task's buffers: half a second-level cache of 1 MB
constexpr Index shared_bytes = 16 << 20;         // of transformed tiles that all threads share: a third-level cache
constexpr Index resident_bytes = 1536 << 10;     // transformed filters up to this size stream through the caches cheaply
constexpr Index stationary_depth = 64;           // of the filters that a task transforms at a time
constexpr Index most_tiles = 64;                 // of a task
constexpr Index chunk_bytes = 2 << 20;           // of the weight gradient's transformed tiles that all threads share
constexpr Index most_steps = 4;                  // register tiles, one above the other, of a task of the weight gradient
constexpr Index enough_tasks = 16;
constexpr Index split_bytes = 64 << 10;          // a larger weight gradient is not split over tiles
constexpr Index split_tiles = 48;                // of one split, or chunk: fewer are not worth transforming back
constexpr Index skew = 16;                       // so that rows and points of a power of two share few cache sets

// Elements of a transformed tile at one point, in whole lines of the cache: a store across two lines, which another thread has
// read, waits for both.
Index tile_row(Index depth) { return (depth + 15) / 16 * 16 + skew; }

// A correlation of `in` with 3x3 filters at stride 1: the forward pass, and the input gradient with the filters turned round.
struct Problem {
  Index batch, in_h, in_w, depth, out_h, out_w, channels, top, left;
  bool turned;

  Index tiles_h() const { return parts_of(out_h, out_side); }
  Index tiles_w() const { return parts_of(out_w, out_side); }
  Index tiles() const { return batch * tiles_h() * tiles_w(); }
};

Problem forward_problem(const ConvShape& s) {
  return {s.batch, s.in_h, s.in_w, s.in_channels, s.out_h, s.out_w, s.out_channels, s.pad_top, s.pad_left, false};
}
Problem backward_problem(const ConvShape& s) {
  return {s.batch, s.out_h, s.out_w, s.out_channels, s.in_h, s.in_w, s.in_channels, 2 - s.pad_top, 2 - s.pad_left, true};
}

// Where a tile's first output pixel lies.
struct Place {
  Index image, h, w;
  Place(const Problem& p, Index tile)
      : image(tile / p.tiles_w() / p.tiles_h()), h(tile / p.tiles_w() % p.tiles_h() * out_side), w(tile % p.tiles_w() * out_side) {}
};

// Points at the side x side pixels of an image from (h, w) on; those outside are zeros.
template <class T>
void point_at(const T* image, Index height, Index width, Index channels, Index h, Index w, Index side, const T* zeros,
              const T** pixels) {
  for (Index i = 0; i < side; i++)
    for (Index j = 0; j < side; j++) {
      const bool inside = std::uint64_t(h + i) < std::uint64_t(height) && std::uint64_t(w + j) < std::uint64_t(width);
      *pixels++ = inside ? image + ((h + i) * width + w + j) * channels : zeros;
    }
}

// Two ways through the work. Where the transformed filters are small, they are made once, and a task takes a group of tiles
// from input to output, all in its cache. Where they are large ("stationary"), the tiles are transformed first, shared by all
// threads, and a task transforms the filters of one block of channels, a piece at a time, for a group of many tiles.
template <class T> struct Plan {
  Problem p;
  const Tiles<T>& tiles;
  const Winograd<T>& kernels;
  bool stationary;
  Blocks<T> blocks;
  Index tile_rows, group, groups, row, chunk_groups;   // row: elements of a transformed tile; chunk: groups made at a time

  explicit Plan(const Problem& problem)
      : p(problem), tiles(pick<T>(*current_target().tiles)), kernels(pick<T>(*current_target().winograd)),
        stationary(points * p.depth * p.channels * Index(sizeof(T)) > resident_bytes),
        blocks(tiles, p.channels, stationary ? 2 : tiles.vectors), tile_rows(tiles.rows[blocks.widest()]), row(tile_row(p.depth)) {
    const Index tile_bytes = points * (row + blocks.widest() * blocks.lanes) * Index(sizeof(T));
    const Index fit = stationary ? most_tiles : std::clamp(cache_bytes / tile_bytes, tile_rows, most_tiles);
    groups = std::max(parts_of(p.tiles(), fit), std::min<Index>(p.tiles(), stationary ? 1 : 16));   // leave tasks for many threads
    group = parts_of(p.tiles(), groups);
    chunk_groups = stationary ? std::clamp<Index>(shared_bytes / (tile_point() * points * Index(sizeof(T))), 1, groups) : 1;
  }

  Index depth_step() const { return stationary ? std::min(stationary_depth, p.depth) : p.depth; }
  Index tile_point() const { return group * row + skew; }                                     // from one point to the next
  Index sum_point() const { return group * blocks.widest() * blocks.lanes + skew; }
  Index filter_point(Index block) const { return depth_step() * blocks.width(block) * blocks.lanes + skew; }
  Index filter_size() const { return points * (depth_step() * blocks.widest() * blocks.lanes + skew); }
  Index first_tile(Index g) const { return part_start(p.tiles(), groups, g); }
};

// Transformed filters of one block, for depths [k0, k0 + n): [point][depth][channels of the block]. `taps` is working memory.
template <class T>
void transform_filters(const Plan<T>& plan, const T* weight, Index block, Index k0, Index n, T* taps, T* filters) {
  const Problem& p = plan.p;
  const Index first = plan.blocks.first(block), width = plan.blocks.width(block) * plan.blocks.lanes;
  const Index channels = std::min(width, p.channels - first), tap = n * width;
  if (channels < width) std::fill_n(taps, 9 * tap, T(0));
  for (Index t = 0; t < 9; t++) {
    const T* from = weight + (p.turned ? 8 - t : t) * p.depth * p.channels;
    if (p.turned) plan.tiles.turn(from + first * p.depth + k0, p.depth, channels, n, taps + t * tap, width);
    else
      for (Index k = 0; k < n; k++)
        std::copy_n(from + (k0 + k) * p.channels + first, channels, taps + t * tap + k * width);
  }
  plan.kernels.filter({taps, tap, tap, filters, plan.filter_point(block), false});
}

template <class T> void transform_tile(const Plan<T>& plan, const T* in, const T* zeros, Index tile, T* to) {
  const Problem& p = plan.p;
  const Place at(p, tile);
  const T* pixels[points];
  point_at(in + at.image * p.in_h * p.in_w * p.depth, p.in_h, p.in_w, p.depth, at.h - p.top, at.w - p.left, in_side, zeros, pixels);
  plan.kernels.input({pixels, p.depth, to, plan.tile_point()});
}

// sums[point][tile] = or += tiles[point][tile] * filters[point], for n tiles and depths [k0, k0 + depth).
template <class T>
void multiply(const Plan<T>& plan, const T* tiles, Index n, Index block, Index k0, Index depth, const T* filters, const T* zeros, T* sums) {
  const int width = plan.blocks.width(block);
  const Index sum_row = width * plan.blocks.lanes, steps = parts_of(n, plan.tile_rows);
  const T* in[max_rows];
  T* out[max_rows];
  const Reach here{0, 0};
  TileArgs<T> args{in, &here, 1, depth, nullptr, 0, sum_row, out, 0, plan.blocks.lanes, zeros, k0 > 0, Activation::none};
  for (Index point = 0; point < points; point++) {
    args.weight = filters + point * plan.filter_point(block);
    for (Index step = 0; step < steps; step++) {
      const Index first = part_start(n, steps, step), rows = part_start(n, steps, step + 1) - first;
      for (Index r = 0; r < rows; r++) {
        in[r] = tiles + point * plan.tile_point() + (first + r) * plan.row + k0;
        out[r] = sums + point * plan.sum_point() + (first + r) * sum_row;
      }
      plan.tiles.tile[width][rows](args);
    }
  }
}

template <class T>
bool store_tiles(const Plan<T>& plan, const T* sums, Index first_tile, Index n, Index block, const T* bias, Activation activation, T* out) {
  const Problem& p = plan.p;
  const Index first = plan.blocks.first(block), width = plan.blocks.width(block) * plan.blocks.lanes;
  const Index channels = std::min(width, p.channels - first);
  bool finite = true;
  for (Index i = 0; i < n; i++) {
    const Place at(p, first_tile + i);
    T* const to = out + ((at.image * p.out_h + at.h) * p.out_w + at.w) * p.channels + first;
    finite &= plan.kernels.output({sums + i * width, plan.sum_point(), channels, bias + first, to, p.out_w * p.channels, p.channels,
                                   int(std::min(out_side, p.out_h - at.h)), int(std::min(out_side, p.out_w - at.w)), activation});
  }
  return finite;
}

template <class T>
bool run_winograd(const Problem& p, const T* in, const T* weight, const T* bias, Activation activation, double multiply_adds, T* out) {
  if (p.tiles() == 0 || p.channels == 0) return true;
  const Plan<T> plan(p);
  const int workers = workers_for(multiply_adds);
  const Index widest = plan.blocks.widest() * plan.blocks.lanes;
  const Index zeros_size = std::max(p.depth, widest), all_filters = plan.stationary ? 0 : plan.filter_size() * plan.blocks.count;
  const Index tiles_size = points * plan.tile_point(), sums_size = points * plan.sum_point();
  const Index taps_size = 9 * plan.depth_step() * widest;
  const Index own_tiles = plan.stationary ? 0 : tiles_size, own_filters = plan.stationary ? plan.filter_size() : 0;
  const Index shared_tiles = plan.stationary ? plan.chunk_groups * tiles_size : 0;
  Scratch scratch(Scratch::bytes<T>(zeros_size) + Scratch::bytes<T>(plan.blocks.padded()) + Scratch::bytes<T>(all_filters) +
                  Scratch::bytes<T>(shared_tiles) +
                  std::size_t(workers) * (Scratch::bytes<T>(own_tiles) + Scratch::bytes<T>(sums_size) + Scratch::bytes<T>(taps_size) +
                                          Scratch::bytes<T>(own_filters)));
  T* const zeros = scratch.take<T>(zeros_size);
  T* const biases = scratch.take<T>(plan.blocks.padded());
  T* const filters = scratch.take<T>(all_filters);
  T* const shared = scratch.take<T>(shared_tiles);
  struct Own { T *tiles, *sums, *taps, *filters; };
  std::vector<Own> own(static_cast<std::size_t>(workers));
  for (Own& of : own)
    of = {scratch.take<T>(own_tiles), scratch.take<T>(sums_size), scratch.take<T>(taps_size), scratch.take<T>(own_filters)};
  std::fill_n(zeros, zeros_size, T(0));
  std::fill_n(biases, plan.blocks.padded(), T(0));
  if (bias) std::copy_n(bias, p.channels, biases);
  std::atomic<bool> finite{true};

  if (!plan.stationary) {
    const auto filters_of = [&](Index block) { return filters + block * plan.filter_size(); };
    const Index pieces = parts_of(p.depth, 16);   // of the depth, so that there are tasks for many threads
    auto make_filters = [&](Index task, int worker) {
      const FlushDenormals<T> flush;
      const Index block = task / pieces, k0 = part_start(p.depth, pieces, task % pieces);
      const Index n = part_start(p.depth, pieces, task % pieces + 1) - k0;
      transform_filters(plan, weight, block, k0, n, own[std::size_t(worker)].taps,
                        filters_of(block) + k0 * plan.blocks.width(block) * plan.blocks.lanes);
    };
    parallel_for(plan.blocks.count * pieces, workers, make_filters);
    auto compute = [&](Index g, int worker) {
      const FlushDenormals<T> flush;
      const Own& of = own[std::size_t(worker)];
      const Index first = plan.first_tile(g), n = plan.first_tile(g + 1) - first;
      for (Index i = 0; i < n; i++) transform_tile(plan, in, zeros, first + i, of.tiles + i * plan.row);
      for (Index block = 0; block < plan.blocks.count; block++) {
        multiply(plan, of.tiles, n, block, 0, p.depth, filters_of(block), zeros, of.sums);
        if (!store_tiles(plan, of.sums, first, n, block, biases, activation, out)) finite = false;
      }
    };
    parallel_for(plan.groups, workers, compute);
    return finite;
  }

  for (Index chunk = 0; chunk < plan.groups; chunk += plan.chunk_groups) {
    const Index count = std::min(plan.chunk_groups, plan.groups - chunk);
    const Index pieces = 4;                       // of a group
    auto make_tiles = [&](Index task, int) {
      const FlushDenormals<T> flush;
      const Index g = chunk + task / pieces, first = plan.first_tile(g), n = plan.first_tile(g + 1) - first;
      for (Index i = part_start(n, pieces, task % pieces); i < part_start(n, pieces, task % pieces + 1); i++)
        transform_tile(plan, in, zeros, first + i, shared + (g - chunk) * tiles_size + i * plan.row);
    };
    parallel_for(count * pieces, workers, make_tiles);
    auto compute = [&](Index task, int worker) {
      const FlushDenormals<T> flush;
      const Own& of = own[std::size_t(worker)];
      const Index block = task % plan.blocks.count, g = chunk + task / plan.blocks.count;
      const Index first = plan.first_tile(g), n = plan.first_tile(g + 1) - first;
      for (Index k0 = 0; k0 < p.depth; k0 += plan.depth_step()) {
        const Index depth = std::min(plan.depth_step(), p.depth - k0);
        transform_filters(plan, weight, block, k0, depth, of.taps, of.filters);
        multiply(plan, shared + (g - chunk) * tiles_size, n, block, k0, depth, of.filters, zeros, of.sums);
      }
      if (!store_tiles(plan, of.sums, first, n, block, biases, activation, out)) finite = false;
    };
    parallel_for(count * plan.blocks.count, workers, compute);
  }
  return finite;
}

// The weight gradient: dweight = G^T (sum over tiles of B^T x B . A grad A^T) G, where each of the 36 points is a product of
// matrices, depth x tiles times tiles x channels. Tiles are transformed a chunk at a time; then, for some rows of depth and one
// block of channels, all points are multiplied, and what that gives is added to the gradient.
//
// Where the gradient is small, tasks split the tiles, each with buffers and a gradient of its own, added in order at the end. Else
// all threads work on one chunk after another.
template <class T> struct WeightPlan {
  Problem p;
  const Tiles<T>& tiles;
  const Winograd<T>& kernels;
  Blocks<T> blocks;
  Index splits, chunk, row, pieces, steps;   // chunk: most tiles of one; pieces of depth, and the tiles of registers in each

  explicit WeightPlan(const Problem& problem)
      : p(problem), tiles(pick<T>(*current_target().tiles)), kernels(pick<T>(*current_target().winograd)), blocks(tiles, p.channels),
        row(tile_row(p.depth)) {
    const Index bytes = points * (row + blocks.padded()) * Index(sizeof(T));
    splits = size() * Index(sizeof(T)) <= split_bytes ? std::clamp<Index>(p.tiles() / split_tiles, 1, enough_tasks) : 1;
    const Index share = parts_of(p.tiles(), splits);
    chunk = parts_of(share, parts_of(share, std::clamp<Index>((splits > 1 ? chunk_bytes / 2 : chunk_bytes) / bytes, split_tiles, 512)));
    const Index all = parts_of(p.depth, tile_rows());
    steps = std::clamp<Index>(all * blocks.count / enough_tasks, 1, most_steps);
    pieces = parts_of(all, steps);
    steps = parts_of(all, pieces);
  }

  Index size() const { return 9 * p.depth * p.channels; }
  Index tile_rows() const { return tiles.rows[blocks.widest()]; }
  Index tile_point() const { return chunk * row + skew; }
  Index grad_point() const { return chunk * blocks.padded() + skew; }
  Index sum_row() const { return blocks.widest() * blocks.lanes; }
  Index sum_point() const { return parts_of(p.depth, pieces) * sum_row() + skew; }
};

template <class T> struct WeightBuffers {
  T *tiles, *grads;      // transformed: [point][tile][depth], [point][block][tile][channels of the block]
};

// Transforms tile `tile` of all into place i of a chunk.
template <class T>
void transform_both(const WeightPlan<T>& plan, const T* grad, const T* x, const T* zeros, Index tile, Index i, const WeightBuffers<T>& to) {
  const Problem& p = plan.p;
  const Place at(p, tile);
  const T* pixels[points];
  point_at(x + at.image * p.in_h * p.in_w * p.depth, p.in_h, p.in_w, p.depth, at.h - p.top, at.w - p.left, in_side, zeros, pixels);
  plan.kernels.input({pixels, p.depth, to.tiles + i * plan.row, plan.tile_point()});
  point_at(grad + at.image * p.out_h * p.out_w * p.channels, p.out_h, p.out_w, p.channels, at.h, at.w, out_side, zeros, pixels);
  for (Index block = 0; block < plan.blocks.count; block++) {
    const Index channel = plan.blocks.first(block), width = plan.blocks.width(block) * plan.blocks.lanes;
    const Index channels = std::min(width, p.channels - channel);
    T* const grads = to.grads + channel * plan.chunk + i * width;
    plan.kernels.spread({pixels, channels, grads, plan.grad_point()});
    for (Index k = 0; k < out_side * out_side; k++) pixels[k] += pixels[k] == zeros ? 0 : width;
    if (channels < width)
      for (Index point = 0; point < points; point++)
        std::fill_n(grads + point * plan.grad_point() + channels, width - channels, T(0));
  }
}

// Multiplies the n tiles of a chunk for one block and one piece of depth, and stores or adds that part of the gradient.
template <class T>
void multiply_both(const WeightPlan<T>& plan, const WeightBuffers<T>& from, Index n, Index task, T* sums, bool accumulate, T* dweight) {
  const Problem& p = plan.p;
  const Index block = task % plan.blocks.count, piece = task / plan.blocks.count;   // side by side: neighbouring rows of dweight
  const Index begin = part_start(p.depth, plan.pieces, piece), rows = part_start(p.depth, plan.pieces, piece + 1) - begin;
  const int width = plan.blocks.width(block);
  const Index channel = plan.blocks.first(block), steps = parts_of(rows, plan.tiles.rows[width]);
  Segment<T> all{nullptr, nullptr, n};
  PanelArgs<T> args{&all, 1, plan.row, width * plan.blocks.lanes, 0, 0, plan.blocks.lanes, nullptr, plan.sum_row(), false};
  for (Index point = 0; point < points; point++) {
    all.x = from.tiles + point * plan.tile_point() + begin;
    all.grad = from.grads + point * plan.grad_point() + channel * plan.chunk;
    for (Index step = 0; step < steps; step++) {
      const Index k = part_start(rows, steps, step), height = part_start(rows, steps, step + 1) - k;
      args.row = k;
      args.out = sums + point * plan.sum_point() + k * plan.sum_row();
      plan.tiles.panel_tile[width][height](args);
    }
  }
  const Index channels = std::min<Index>(width * plan.blocks.lanes, p.channels - channel);
  for (Index k = 0; k < rows; k++)
    plan.kernels.collect({sums + k * plan.sum_row(), plan.sum_point(), channels, dweight + (begin + k) * p.channels + channel,
                          p.depth * p.channels, accumulate});
}

}  // namespace

bool winograd_fits(const ConvShape& s) {
  return s.kernel_h == 3 && s.kernel_w == 3 && s.stride_h == 1 && s.stride_w == 1 && s.dilation_h == 1 && s.dilation_w == 1 &&
         s.groups == 1 && s.multiply_adds() > 0 && s.in_h > 0 && s.in_w > 0;
}

template <class T>
bool winograd_conv2d(const ConvShape& s, const T* x, const T* weight, const T* bias, Activation activation, T* y) {
  return run_winograd(forward_problem(s), x, weight, bias, activation, s.multiply_adds(), y);
}

template <class T> bool winograd_input_grad(const ConvShape& s, const T* grad, const T* weight, T* dx) {
  return run_winograd<T>(backward_problem(s), grad, weight, nullptr, Activation::none, s.multiply_adds(), dx);
}

template <class T> bool winograd_weight_grad(const ConvShape& s, const T* grad, const T* x, T* dweight) {
  const WeightPlan<T> plan(forward_problem(s));
  const Problem& p = plan.p;
  if (plan.size() == 0) return true;
  if (p.tiles() == 0) return std::fill_n(dweight, plan.size(), T(0)), true;
  const int workers = workers_for(s.multiply_adds()), buffers = plan.splits > 1 ? workers : 1;
  const Index zeros_size = std::max(p.depth, p.channels), tiles_size = points * plan.tile_point();
  const Index grads_size = points * plan.grad_point(), sums_size = points * plan.sum_point();
  const Index partials = plan.splits > 1 ? plan.splits * plan.size() : 0;
  Scratch scratch(Scratch::bytes<T>(zeros_size) + Scratch::bytes<T>(partials) +
                  std::size_t(buffers) * (Scratch::bytes<T>(tiles_size) + Scratch::bytes<T>(grads_size)) +
                  std::size_t(workers) * Scratch::bytes<T>(sums_size));
  T* const zeros = scratch.take<T>(zeros_size);
  T* const partial = scratch.take<T>(partials);
  std::vector<WeightBuffers<T>> own(static_cast<std::size_t>(buffers));
  for (WeightBuffers<T>& of : own) of = {scratch.take<T>(tiles_size), scratch.take<T>(grads_size)};
  std::vector<T*> sums(static_cast<std::size_t>(workers));
  for (T*& of_worker : sums) of_worker = scratch.take<T>(sums_size);
  std::fill_n(zeros, zeros_size, T(0));
  const Index products = plan.pieces * plan.blocks.count;

  if (plan.splits > 1) {
    auto compute = [&](Index split, int worker) {
      const FlushDenormals<T> flush;
      const Index begin = part_start(p.tiles(), plan.splits, split), end = part_start(p.tiles(), plan.splits, split + 1);
      for (Index first = begin, n; first < end; first += n) {
        n = std::min(plan.chunk, end - first);
        const WeightBuffers<T>& of = own[std::size_t(worker)];
        for (Index i = 0; i < n; i++) transform_both(plan, grad, x, zeros, first + i, i, of);
        for (Index task = 0; task < products; task++)
          multiply_both(plan, of, n, task, sums[std::size_t(worker)], first > begin, partial + split * plan.size());
      }
    };
    parallel_for(plan.splits, workers, compute);
    add_parts(plan.tiles, partial, plan.splits, plan.size(), dweight);
    return all_finite(dweight, plan.size());
  }

  for (Index first = 0, n; first < p.tiles(); first += n) {
    n = std::min(plan.chunk, p.tiles() - first);
    const Index pieces = parts_of(n, 4);
    auto transform = [&](Index task, int) {
      const FlushDenormals<T> flush;
      for (Index i = part_start(n, pieces, task); i < part_start(n, pieces, task + 1); i++)
        transform_both(plan, grad, x, zeros, first + i, i, own[0]);
    };
    parallel_for(pieces, workers, transform);
    auto multiply = [&](Index task, int worker) {
      const FlushDenormals<T> flush;
      multiply_both(plan, own[0], n, task, sums[std::size_t(worker)], first > 0, dweight);
    };
    parallel_for(products, workers, multiply);
  }
  return all_finite(dweight, plan.size());
}

// What a tile costs beside its arithmetic: finding its pixels, and the starts and ends of short loops.
constexpr double tile_cost = 750;
constexpr double store_cost = 3;         // of a vector of sums: stored, and loaded to be transformed
constexpr double stationary_rate = 1.2;  // narrower register tiles, and sums that go through memory

// Per tile and depth, a patch's transform takes about 36 loads, 36 stores and 144 sums of vectors; per tile and channel, the
// way back as much. Per filter it is 45 sums and 45 loads and stores. The 36 products run at the direct convolution's rate.
template <class T> double winograd_cost(const ConvShape& s, bool input_grad) {
  const Problem p = input_grad ? backward_problem(s) : forward_problem(s);
  const Plan<T> plan(p);
  const double lanes = plan.blocks.lanes, tiles = double(p.tiles()), depth = double(p.depth), channels = double(plan.blocks.padded());
  const double turned = lanes * double(parts_of(p.depth, plan.blocks.lanes));   // transforms fill whole vectors
  const double filters = depth * channels * (plan.stationary ? double(plan.groups) : 1);
  const double rows = double(parts_of(plan.group, plan.tile_rows) * plan.tile_rows) / double(plan.group);   // tiles too low are filled
  const double products = 36 * depth * channels * (0.5 + 0.5 * rows) * (plan.stationary ? stationary_rate : 1);
  return (tiles * (products + 160 * (turned + channels) + tile_cost * lanes) + 130 * filters) / lanes;
}

template <class T> double winograd_weight_grad_cost(const ConvShape& s) {
  const Problem p = forward_problem(s);
  const WeightPlan<T> plan(p);
  const double lanes = plan.blocks.lanes, tiles = double(p.tiles()), depth = double(p.depth), channels = double(plan.blocks.padded());
  const double turned = lanes * double(parts_of(p.depth, plan.blocks.lanes));
  const double chunks = double(plan.splits * parts_of(parts_of(p.tiles(), plan.splits), plan.chunk));
  const double sums = (300 + 36 * store_cost) * chunks * depth * channels;
  return (tiles * (36 * depth * channels + 160 * (turned + channels) + tile_cost * lanes) + sums) / lanes;
}

template bool winograd_conv2d(const ConvShape&, const float*, const float*, const float*, Activation, float*);
template bool winograd_conv2d(const ConvShape&, const double*, const double*, const double*, Activation, double*);
template bool winograd_input_grad(const ConvShape&, const float*, const float*, float*);
template bool winograd_input_grad(const ConvShape&, const double*, const double*, double*);
template bool winograd_weight_grad(const ConvShape&, const float*, const float*, float*);
template bool winograd_weight_grad(const ConvShape&, const double*, const double*, double*);
template double winograd_cost<float>(const ConvShape&, bool);
template double winograd_cost<double>(const ConvShape&, bool);
template double winograd_weight_grad_cost<float>(const ConvShape&);
template double winograd_weight_grad_cost<double>(const ConvShape&);

}  // namespace convstep
