// One target's table. Compiled once per instruction set, with that set's flags and CONVSTEP_TARGET as its name.
//
// Assumes: everything but `target` has internal linkage, and the table is a constant. A shared template or an initialiser
// compiled here could run on a machine that lacks the instructions.
#include <utility>
#include "tiles.hpp"

namespace {

using convstep::Kernels;
using convstep::max_vectors;

constexpr int widest = registers == 32 ? max_vectors : 2;   // with 16 registers a wider tile has too few rows

template <class T, int V, int... R> constexpr void fill_width(Kernels<T>& k, std::integer_sequence<int, R...>) {
  k.rows[V] = sizeof...(R);
  ((k.tile[V][R + 1] = tile<T, R + 1, V>), ...);
  ((k.panel_tile[V][R + 1] = panel_tile<T, R + 1, V>), ...);
  k.sum_rows[V] = sum_rows<T, V>;
}

template <class T, int... V> constexpr Kernels<T> make_kernels(std::integer_sequence<int, V...>) {
  Kernels<T> k{};
  k.lanes = lanes<T>;
  k.vectors = widest;
  (fill_width<T, V + 1>(k, std::make_integer_sequence<int, rows_for(V + 1)>()), ...);
  return k;
}

}  // namespace

#define TEXT_OF(name) #name
#define TEXT(name) TEXT_OF(name)

namespace convstep::CONVSTEP_TARGET {

extern const Target target;
constexpr auto widths = std::make_integer_sequence<int, widest>();
constexpr Target target_table{TEXT(CONVSTEP_TARGET), make_kernels<float>(widths), make_kernels<double>(widths)};
const Target target = target_table;

}  // namespace convstep::CONVSTEP_TARGET
