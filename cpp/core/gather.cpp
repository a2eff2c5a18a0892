// Tasks of the gather convolution: weights packed in the order in which a register tile reads them, and pointers to the pixels of
// each tile.
//
// Every grid is cut where its pixels begin or cease to read outside the input: the pixels of a `Phase` all read inside, at the same
// taps. So what lies in the padding is never read, nor multiplied.
//
// Assumes: what gather.hpp says. A sum is computed by one task, its taps in their order, however the tasks are cut.
#include "gather.hpp"

#include <algorithm>
#include <cstring>
#include "denormals.hpp"
#include "scratch.hpp"
#include "split.hpp"
#include "targets.hpp"

namespace convstep {
namespace {

constexpr Index tiles_per_task = 32;
constexpr Index pass_bytes = 256 << 10;      // weights of one pass over the taps: they stay in the second-level cache
constexpr Index most_taps = 1024;            // of one pass
constexpr Index raw_tiles = 16;              // weights that fewer tiles of pixels use are not worth packing

// The packed weights, [group][block][tap][depth][block's channels], zero beyond the last channel; then the bias, the same way.
template <class T> struct Packed {
  const T* weight;
  const T* bias;
};

// A rectangle of a grid whose pixels read the same taps, all of them inside.
struct Phase {
  const Grid* grid;
  Section h, w;

  Index pixels(Index batch) const { return batch * h.size() * w.size(); }
  bool empty() const { return h.places() == 0 || w.places() == 0; }
  Index tap(Index i, Index j) const { return grid->first_tap + i * grid->w.count + j; }
  Index first_tap() const { return empty() ? grid->first_tap : tap(h.first, w.first); }
  Index last_tap() const { return empty() ? grid->first_tap : tap(h.last - 1, w.last - 1) + 1; }
};

std::vector<Phase> phases_of(const Gather& g) {
  std::vector<Phase> phases;
  for (const Grid& grid : g.grids) {
    const std::vector<Section> columns = grid.w.sections();
    for (const Section& h : grid.h.sections())
      for (const Section& w : columns) phases.push_back({&grid, h, w});
  }
  return phases;
}

double multiply_adds(const Gather& g) {
  double reads = 0;
  for (const Grid& grid : g.grids) reads += double(grid.h.reads()) * double(grid.w.reads());
  return reads * double(g.batch) * double(g.groups * g.depth) * double(g.channels);
}

// How a gather convolution is cut into tasks: tiles of pixels x blocks of channels x groups.
template <class T> struct Plan {
  const Gather& g;
  const Tiles<T>& kernels;
  Blocks<T> blocks;
  Index tile_rows, taps_per_pass;
  std::vector<Phase> phases;
  std::vector<Index> first_tile;             // of each phase; one more at the end
  Index tile_tasks, blocks_per_task, block_tasks;
  bool raw;                                  // weights are used where they lie

  Plan(const Gather& gather, const Tiles<T>& k)
      : g(gather), kernels(k), blocks(k, gather.channels), tile_rows(k.rows[blocks.widest()]), phases(phases_of(gather)) {
    const Index weight_bytes = std::max<Index>(1, g.depth) * blocks.widest() * k.lanes * Index(sizeof(T));
    taps_per_pass = std::clamp<Index>(pass_bytes / weight_bytes, 1, most_taps);
    first_tile.push_back(0);
    for (const Phase& phase : phases) first_tile.push_back(first_tile.back() + tiles(phase));
    tile_tasks = parts_of(first_tile.back(), tiles_per_task);
    blocks_per_task = tile_tasks * g.groups >= 32 ? blocks.count : 1;   // few pixels: share out the channels too
    block_tasks = parts_of(blocks.count, blocks_per_task);
    raw = usable_raw() && (blocks.count == 1 || first_tile.back() <= raw_tiles);
  }

  // Do the weights lie as the tiles read them: whole vectors of channels, and the taps in their order?
  bool usable_raw() const {
    if (g.groups != 1 || g.weight_channel != 1 || g.channels % kernels.lanes != 0) return false;
    for (std::size_t t = 0; t < g.weights.size(); t++)
      if (g.weights[t] != Index(t) * g.depth * g.weight_depth) return false;
    return true;
  }

  Index taps() const { return Index(g.weights.size()); }
  Index tasks() const { return tile_tasks * block_tasks * g.groups; }
  Index tiles(const Phase& phase) const { return parts_of(phase.pixels(g.batch), tile_rows); }
  Index phase_of(Index tile) const { return std::upper_bound(first_tile.begin(), first_tile.end(), tile) - first_tile.begin() - 1; }
  Index packed_tap(Index block) const { return g.depth * blocks.width(block) * blocks.lanes; }
  Index packed_group() const { return taps() * g.depth * blocks.padded(); }
};

// Packs the weights of one tap, for one block of one group.
template <class T> void pack_weight(const Plan<T>& plan, const T* weight, Index group, Index block, Index tap, T* packed) {
  const Gather& g = plan.g;
  const Index first = plan.blocks.first(block), width = plan.blocks.width(block) * plan.blocks.lanes;
  const Index channels = std::min(width, g.channels - first);
  const T* from = weight + g.weights[std::size_t(tap)] + group * g.weight_group + first * g.weight_channel;
  T* to = packed + group * plan.packed_group() + first * plan.taps() * g.depth + tap * g.depth * width;
  if (channels < width) std::memset(to, 0, std::size_t(g.depth * width) * sizeof(T));
  if (g.weight_channel == 1) {
    for (Index k = 0; k < g.depth; k++)
      std::memcpy(to + k * width, from + k * g.weight_depth, std::size_t(channels) * sizeof(T));
  } else {                                   // the input gradient's: weight_depth is 1
    plan.kernels.turn(from, g.weight_channel, channels, g.depth, to, width);
  }
}

// A worker's memory: the pixels of the tiles of a task, [tile][row], where the first tap reads and where the result goes; and the
// taps of one pass.
template <class T> struct Worker {
  const T** in;
  T** out;
  Reach* reach;
};

// Points at the pixels of tile `tile` of a phase; returns how many there are.
template <class T> Index point_at(const Plan<T>& plan, const Phase& phase, Index tile, const T* x, T* y, const T** in, T** out) {
  const Gather& g = plan.g;
  const Axis &axis_h = phase.grid->h, &axis_w = phase.grid->w;
  const Index all = phase.pixels(g.batch), tiles = plan.tiles(phase), height = phase.h.size(), width = phase.w.size();
  const Index first = part_start(all, tiles, tile), rows = part_start(all, tiles, tile + 1) - first;
  const Index in_step = phase.empty() ? 0 : axis_w.step * g.in_pixel;
  Index line = first / width, w = first % width;
  for (Index r = 0; r < rows; line++, w = 0) {
    const Index at_h = phase.h.begin + line % height, at_w = phase.w.begin + w, image = line / height;
    const Index in_h = at_h * axis_h.step + axis_h.first + phase.h.first * axis_h.spread;
    const Index in_w = at_w * axis_w.step + axis_w.first + phase.w.first * axis_w.spread;
    const T* from = phase.empty() ? x : x + (image * g.in_image + in_h * g.in_row + in_w * g.in_pixel);
    T* to = y + phase.grid->out + image * g.out_image + at_h * g.out_row + at_w * g.out_pixel;
    for (const Index end = std::min(rows, r + width - w); r < end; r++, from += in_step, to += g.out_pixel) in[r] = from, out[r] = to;
  }
  return rows;
}

// Lists those taps of a phase that have numbers from `begin` up to `end`; returns how many there are.
Index list_taps(const Gather& g, const Phase& phase, Index begin, Index end, Reach* reach) {
  if (phase.empty()) return 0;
  const Index down = phase.grid->h.spread * g.in_row, right = phase.grid->w.spread * g.in_pixel;
  Index n = 0;
  for (Index i = phase.h.first; i < phase.h.last; i++) {
    const Index row = phase.tap(i, 0);
    for (Index j = std::max(phase.w.first, begin - row); j < std::min(phase.w.last, end - row); j++)
      reach[n++] = {(i - phase.h.first) * down + (j - phase.w.first) * right, row + j};
  }
  return n;
}

// Which tiles, blocks of channels and group a task has.
template <class T> struct Part {
  Index first_tile, tiles, first_block, last_block, group;

  Part(const Plan<T>& plan, Index task) {
    const Index i = task % plan.tile_tasks, block_task = task / plan.tile_tasks % plan.block_tasks, all = plan.first_tile.back();
    first_tile = part_start(all, plan.tile_tasks, i), tiles = part_start(all, plan.tile_tasks, i + 1) - first_tile;
    first_block = block_task * plan.blocks_per_task;
    last_block = std::min(first_block + plan.blocks_per_task, plan.blocks.count);
    group = task / plan.tile_tasks / plan.block_tasks;
  }
};

// One task. Loops: passes over the taps, blocks of channels, tiles of pixels.
template <class T>
void gather_task(const Plan<T>& plan, const Packed<T>& packed, const T* in, Activation activation, T* out, Index task,
                 const Worker<T>& worker) {
  const Gather& g = plan.g;
  const Part<T> part(plan, task);
  const Phase* phase[tiles_per_task];
  Index rows[tiles_per_task], tap = plan.taps(), last_tap = 0;
  for (Index i = 0; i < part.tiles; i++) {
    const Index tile = part.first_tile + i, p = plan.phase_of(tile);
    phase[i] = &plan.phases[std::size_t(p)];
    rows[i] = point_at(plan, *phase[i], tile - plan.first_tile[std::size_t(p)], in + part.group * g.depth,
                       out + part.group * g.channels, worker.in + i * plan.tile_rows, worker.out + i * plan.tile_rows);
    tap = std::min(tap, phase[i]->first_tap()), last_tap = std::max(last_tap, phase[i]->last_tap());
  }
  TileArgs<T> args;
  args.depth = g.depth;
  args.reach = worker.reach;
  bool first_pass = true;
  do {                                       // at least once: a phase without taps still stores its bias
    const Index end = tap + plan.taps_per_pass;
    for (Index block = part.first_block; block < part.last_block; block++) {
      const Index first = plan.blocks.first(block);
      const int width = plan.blocks.width(block);
      args.weight = plan.raw ? packed.weight + first
                             : packed.weight + part.group * plan.packed_group() + first * plan.taps() * g.depth;
      args.weight_tap = plan.raw ? g.depth * g.weight_depth : plan.packed_tap(block);
      args.weight_step = plan.raw ? g.weight_depth : width * plan.blocks.lanes;
      args.bias = packed.bias + part.group * plan.blocks.padded() + first;
      args.channel = first;
      args.tail = plan.blocks.tail(block);
      for (Index i = 0; i < part.tiles; i++) {
        if (i == 0 || phase[i] != phase[i - 1]) {
          args.taps = list_taps(g, *phase[i], tap, end, worker.reach);
          args.accumulate = tap > phase[i]->first_tap();
          args.activation = end >= phase[i]->last_tap() ? activation : Activation::none;
        }
        if (args.taps == 0 && !(first_pass && phase[i]->empty())) continue;
        args.in = worker.in + i * plan.tile_rows;
        args.out = worker.out + i * plan.tile_rows;
        plan.kernels.tile[width][rows[i]](args);
      }
    }
    tap = end, first_pass = false;
  } while (tap < last_tap);
}

}  // namespace

template <class T> void run_gather(const Gather& g, const T* in, const T* weight, const T* bias, Activation activation, T* out) {
  if (g.channels == 0 || g.groups == 0) return;
  const Plan<T> plan(g, pick<T>(*current_target().tiles));
  if (plan.tasks() == 0) return;
  const int workers = workers_for(multiply_adds(g));

  const Index weights = plan.raw ? 0 : g.groups * plan.packed_group(), biases = g.groups * plan.blocks.padded();
  const Index pixels = tiles_per_task * plan.tile_rows;
  Scratch scratch(Scratch::bytes<T>(weights) + Scratch::bytes<T>(biases) +
                  std::size_t(workers) *
                      (Scratch::bytes<T*>(pixels) + Scratch::bytes<T*>(pixels) + Scratch::bytes<Reach>(plan.taps_per_pass)));
  T* const packed_weight = scratch.take<T>(weights);
  T* const packed_bias = scratch.take<T>(biases);
  std::fill_n(packed_bias, biases, T(0));
  if (bias)
    for (Index group = 0; group < g.groups; group++)
      std::copy_n(bias + group * g.channels, g.channels, packed_bias + group * plan.blocks.padded());
  std::vector<Worker<T>> of_worker(static_cast<std::size_t>(workers));
  for (Worker<T>& w : of_worker) w = {scratch.take<const T*>(pixels), scratch.take<T*>(pixels), scratch.take<Reach>(plan.taps_per_pass)};

  if (!plan.raw) {
    auto pack = [&](Index task, int) {
      const Index tap = task % plan.taps(), block = task / plan.taps() % plan.blocks.count, group = task / plan.taps() / plan.blocks.count;
      pack_weight(plan, weight, group, block, tap, packed_weight);
    };
    parallel_for(g.groups * plan.blocks.count * plan.taps(), workers, pack);
  }
  const Packed<T> packed{plan.raw ? weight : packed_weight, packed_bias};
  auto compute = [&](Index task, int worker) {
    const FlushDenormals<T> flush;
    gather_task(plan, packed, in, activation, out, task, of_worker[std::size_t(worker)]);
  };
  parallel_for(plan.tasks(), workers, compute);
}

template void run_gather(const Gather&, const float*, const float*, const float*, Activation, float*);
template void run_gather(const Gather&, const double*, const double*, const double*, Activation, double*);

}  // namespace convstep
