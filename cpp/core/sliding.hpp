// One axis of windows that slide over an input: which inputs an output reads, which outputs share what they read, and in how
// many steps a kernel takes a row of the window.
//
// Assumes: step, spread and in at least 1; first and the results of `read` may lie outside the input.
#pragma once
#include "axis.hpp"

namespace convstep {

// Outputs in pairs that share inputs where any do: each output is in one pair, some pairs have one output, and some none.
struct Pairs {
  Index out, apart, count;

  explicit Pairs(const Axis& a) : out(a.out), apart(a.apart()), count(ceil_div(a.out, 2 * apart) * apart) {}
  Index first(Index pair) const { return pair / apart * 2 * apart + pair % apart; }
  Index size(Index pair) const { return pair >= count || first(pair) >= out ? 0 : first(pair) + apart >= out ? 1 : 2; }
};

// How a kernel slides along a row. `phases` rows of outputs are interleaved, so that neighbours' windows are `step` columns apart
// and a column is `column` inputs wide. Wide windows are cut into pieces as equal as possible, the wider ones first.
struct Slides {
  Index step, phases, column, pieces, width, wider;      // `wider` of the pieces have width + 1 places

  Slides(const Axis& a, Index widest, Index longest_step)
      : step(a.shift()), phases(a.apart()), column(a.spread), pieces(parts_of(a.count, widest)) {
    if (a.count <= 1 || step > longest_step)       // one place moves by the step alone
      step = phases = 1, column = a.step, pieces = a.count;
    width = pieces ? a.count / pieces : 1, wider = pieces ? a.count % pieces : 0;
  }
};

}  // namespace convstep
