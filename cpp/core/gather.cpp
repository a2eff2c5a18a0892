// Tasks of the gather convolution: weights packed in the order in which a register tile reads them, and for each tile of pixels
// a list of pointers to what every tap reads.
//
// Assumes: what gather.hpp says. A sum is computed by one task, its taps in their order, however the tasks are cut.
#include "gather.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include "denormals.hpp"
#include "finite.hpp"
#include "scratch.hpp"
#include "split.hpp"
#include "targets.hpp"

namespace convstep {
namespace {

constexpr Index tiles_per_task = 32;
constexpr Index pass_bytes = 256 << 10;      // weights of one pass over the taps: they stay in the second-level cache
constexpr Index raw_tiles = 16;               // weights that fewer tiles of pixels use are not worth packing
constexpr Index pointer_bytes = 128 << 10;   // pixel pointers of one pass

// The packed weights, [group][block][tap][depth][block's channels], zero beyond the last channel; then the bias, the same way.
template <class T> struct Packed {
  const T* weight;
  T* bias;
  const T* zeros;        // a pixel in the padding
};

// How a gather convolution is cut into tasks: pixels of a phase x blocks of channels x groups.
template <class T> struct Plan {
  const Gather& g;
  const Tiles<T>& kernels;
  Blocks<T> blocks;
  Index tile_rows, taps_per_pass;
  std::vector<Index> first_task;             // of each phase; one more at the end
  Index blocks_per_task, block_tasks;
  bool raw;                                  // weights are used where they lie

  Plan(const Gather& gather, const Tiles<T>& k)
      : g(gather), kernels(k), blocks(k, gather.channels), tile_rows(k.rows[blocks.widest()]) {
    const Index weight_bytes = std::max<Index>(1, g.depth) * blocks.widest() * k.lanes * Index(sizeof(T));
    const Index row_bytes = tile_rows * Index(sizeof(T*));
    taps_per_pass = std::max<Index>(1, std::min(pass_bytes / weight_bytes, pointer_bytes / (row_bytes * tiles_per_task)));
    Index pixel_tasks = 0;
    for (const Phase& phase : g.phases) pixel_tasks += tasks_over(phase);
    blocks_per_task = pixel_tasks * g.groups >= 64 ? blocks.count : 1;   // few pixels: share out the channels too
    block_tasks = parts_of(blocks.count, blocks_per_task);
    Index task = 0;
    for (const Phase& phase : g.phases) {
      first_task.push_back(task);
      task += tasks_over(phase) * block_tasks * g.groups;
    }
    first_task.push_back(task);
    raw = usable_raw() && (blocks.count == 1 || pixel_tiles() <= raw_tiles);
  }

  // Do the weights lie as the tiles read them: whole vectors of channels, and the taps of the one phase in their order?
  bool usable_raw() const {
    if (g.groups != 1 || g.phases.size() != 1 || g.weight_channel != 1 || g.channels % kernels.lanes != 0) return false;
    for (std::size_t t = 0; t < g.taps.size(); t++)
      if (g.taps[t].weight != Index(t) * g.depth * g.weight_depth) return false;
    return true;
  }
  Index pixel_tiles() const {
    Index all = 0;
    for (const Phase& phase : g.phases) all += tiles(phase);
    return all;
  }
  // Does some tap read outside the input?
  bool meets_padding() const {
    for (const Phase& phase : g.phases)
      for (Index t = phase.first_tap; t < phase.last_tap; t++) {
        const Tap& tap = g.taps[std::size_t(t)];
        if (tap.h < 0 || tap.w < 0 || (phase.h - 1) * g.stride_h + tap.h >= g.in_h || (phase.w - 1) * g.stride_w + tap.w >= g.in_w)
          return true;
      }
    return false;
  }

  Index pixels(const Phase& phase) const { return g.batch * phase.h * phase.w; }
  Index tiles(const Phase& phase) const { return parts_of(pixels(phase), tile_rows); }
  Index tasks_over(const Phase& phase) const { return parts_of(tiles(phase), tiles_per_task); }
  Index pointers() const { return tiles_per_task * tile_rows * taps_per_pass; }
  Index packed_tap(Index block) const { return g.depth * blocks.width(block) * blocks.lanes; }
  Index packed_group() const { return Index(g.taps.size()) * g.depth * blocks.padded(); }
};

// Packs the weights of one tap, for one block of one group; says whether all are finite.
template <class T> bool pack_weight(const Plan<T>& plan, const T* weight, Index group, Index block, Index tap, T* packed) {
  const Gather& g = plan.g;
  const Index first = plan.blocks.first(block), width = plan.blocks.width(block) * plan.blocks.lanes;
  const Index channels = std::min(width, g.channels - first);
  const T* from = weight + g.taps[tap].weight + group * g.weight_group + first * g.weight_channel;
  T* to = packed + group * plan.packed_group() + first * Index(g.taps.size()) * g.depth + tap * g.depth * width;
  if (channels < width) std::memset(to, 0, std::size_t(g.depth * width) * sizeof(T));
  if (g.weight_channel == 1) {
    for (Index k = 0; k < g.depth; k++)
      std::memcpy(to + k * width, from + k * g.weight_depth, std::size_t(channels) * sizeof(T));
  } else {                                   // the input gradient's: weight_depth is 1
    plan.kernels.turn(from, g.weight_channel, channels, g.depth, to, width);
  }
  return all_finite(to, g.depth * width);
}

// The pixel pointers of some tiles of a phase, and their order in memory: in [tile][tap][row], out [tile][row].
template <class T> struct Pixels {
  const T** in;
  T** out;
};

// Points at tile `tile`'s pixels and at what each of `taps` taps reads for them.
template <class T>
Index point_at(const Plan<T>& plan, const Phase& phase, Index tile, const Tap* taps, Index n_taps, const T* x, T* y,
               const T* zeros, const Pixels<T>& pixels) {
  const Gather& g = plan.g;
  const Index all = plan.pixels(phase), tiles = plan.tiles(phase);
  const Index first = part_start(all, tiles, tile), rows = part_start(all, tiles, tile + 1) - first;
  Index w = first % phase.w, h = first / phase.w % phase.h, image = first / phase.w / phase.h;
  Index row_h[max_rows], row_w[max_rows], start[max_rows];
  for (Index r = 0; r < rows; r++) {
    row_h[r] = h * g.stride_h, row_w[r] = w * g.stride_w;
    start[r] = image * g.in_image + row_h[r] * g.in_row + row_w[r] * g.in_pixel;
    pixels.out[r] = y + phase.out + image * g.out_image + h * g.out_row + w * g.out_pixel;
    if (++w == phase.w) {
      w = 0;
      if (++h == phase.h) h = 0, image++;
    }
  }
  const T** in = pixels.in;
  for (Index t = 0; t < n_taps; t++, in += rows) {
    const Index move = taps[t].h * g.in_row + taps[t].w * g.in_pixel;
    for (Index r = 0; r < rows; r++) {
      const bool inside = std::uint64_t(row_h[r] + taps[t].h) < std::uint64_t(g.in_h) &&
                          std::uint64_t(row_w[r] + taps[t].w) < std::uint64_t(g.in_w);
      in[r] = inside ? x + (start[r] + move) : zeros;
    }
  }
  return rows;
}

// One task. Loops: passes over taps, blocks of channels, tiles of pixels.
template <class T>
void gather_task(const Plan<T>& plan, const Packed<T>& packed, const T* in, Activation activation, T* out, Index task,
                 Pixels<T> scratch) {
  const Gather& g = plan.g;
  const auto after = std::upper_bound(plan.first_task.begin(), plan.first_task.end(), task);
  const Index phase_index = after - plan.first_task.begin() - 1;
  const Phase& phase = g.phases[std::size_t(phase_index)];
  const Index pixel_tasks = plan.tasks_over(phase), in_phase = task - plan.first_task[std::size_t(phase_index)];
  const Index pixel_task = in_phase % pixel_tasks, block_task = in_phase / pixel_tasks % plan.block_tasks;
  const Index group = in_phase / pixel_tasks / plan.block_tasks;
  const Index first_tile = part_start(plan.tiles(phase), pixel_tasks, pixel_task);
  const Index tiles = part_start(plan.tiles(phase), pixel_tasks, pixel_task + 1) - first_tile;
  const Index first_block = block_task * plan.blocks_per_task;
  const Index last_block = std::min(first_block + plan.blocks_per_task, plan.blocks.count);

  Index rows[tiles_per_task];
  TileArgs<T> args;
  args.depth = g.depth;
  Index tap = phase.first_tap;
  do {                                       // at least once: a phase without taps still stores its bias
    const Index taps = std::min(plan.taps_per_pass, phase.last_tap - tap);
    args.taps = taps;
    args.accumulate = tap > phase.first_tap;
    args.activation = tap + taps == phase.last_tap ? activation : Activation::none;
    const auto pixels_of = [&](Index i) {
      return Pixels<T>{scratch.in + i * plan.tile_rows * taps, scratch.out + i * plan.tile_rows};
    };
    for (Index i = 0; i < tiles; i++)
      rows[i] = point_at(plan, phase, first_tile + i, g.taps.data() + tap, taps, in + group * g.depth, out + group * g.channels,
                         packed.zeros, pixels_of(i));
    for (Index block = first_block; block < last_block; block++) {
      const Index first = plan.blocks.first(block);
      const int width = plan.blocks.width(block);
      args.weight = plan.raw ? packed.weight + tap * g.depth * g.channels + first
                             : packed.weight + group * plan.packed_group() + first * Index(g.taps.size()) * g.depth +
                                   tap * plan.packed_tap(block);
      args.weight_step = plan.raw ? g.weight_depth : width * plan.blocks.lanes;
      args.bias = packed.bias + group * plan.blocks.padded() + first;
      args.channel = first;
      args.tail = plan.blocks.tail(block);
      for (Index i = 0; i < tiles; i++) {
        const Pixels<T> pixels = pixels_of(i);
        args.in = pixels.in;
        args.out = pixels.out;
        plan.kernels.tile[width][rows[i]](args);
      }
    }
    tap += taps;
  } while (tap < phase.last_tap);
}

}  // namespace

template <class T>
bool run_gather(const Gather& g, const T* in, const T* weight, const T* bias, Activation activation, T* out) {
  if (g.channels == 0 || g.groups == 0) return true;
  const Plan<T> plan(g, pick<T>(*current_target().tiles));
  const Index tasks = plan.first_task.back(), taps = Index(g.taps.size());
  if (tasks == 0) return true;
  const int workers = workers_for(g.multiply_adds);

  const Index weights = plan.raw ? 0 : g.groups * plan.packed_group(), biases = g.groups * plan.blocks.padded();
  const Index pointers = plan.pointers(), outs = tiles_per_task * plan.tile_rows;
  Scratch scratch(Scratch::bytes<T>(weights) + Scratch::bytes<T>(biases) + Scratch::bytes<T>(g.depth) +
                  std::size_t(workers) * (Scratch::bytes<T*>(pointers) + Scratch::bytes<T*>(outs)));
  T* zeros = scratch.take<T>(g.depth);
  std::fill_n(zeros, g.depth, T(0));
  T* const packed_weight = scratch.take<T>(weights);
  const Packed<T> packed{plan.raw ? weight : packed_weight, scratch.take<T>(biases), zeros};
  std::fill_n(packed.bias, biases, T(0));
  if (bias)
    for (Index group = 0; group < g.groups; group++)
      std::copy_n(bias + group * g.channels, g.channels, packed.bias + group * plan.blocks.padded());
  std::vector<Pixels<T>> pixels(static_cast<std::size_t>(workers));
  for (Pixels<T>& of_worker : pixels) of_worker = {scratch.take<const T*>(pointers), scratch.take<T*>(outs)};

  std::atomic<bool> finite{true};
  const bool padded = plan.meets_padding();
  if (plan.raw) {
    if (padded) finite = all_finite(weight, taps * g.depth * g.channels);
  } else {
    auto pack = [&](Index task, int) {
      const Index tap = task % taps, block = task / taps % plan.blocks.count, group = task / taps / plan.blocks.count;
      if (!pack_weight(plan, weight, group, block, tap, packed_weight) && padded) finite = false;
    };
    parallel_for(g.groups * plan.blocks.count * taps, workers, pack);
  }
  if (!finite) return false;
  auto compute = [&](Index task, int worker) {
    const FlushDenormals<T> flush;
    gather_task(plan, packed, in, activation, out, task, pixels[std::size_t(worker)]);
  };
  parallel_for(tasks, workers, compute);
  return true;
}

template bool run_gather(const Gather&, const float*, const float*, const float*, Activation, float*);
template bool run_gather(const Gather&, const double*, const double*, const double*, Activation, double*);

}  // namespace convstep
