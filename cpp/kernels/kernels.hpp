// What a target offers: its kernels, family by family, as tables of function pointers. Everything around them (loops over
// images, packing, threads) is compiled once, in core/, and reaches the instruction sets only through these tables.
//
// A family's header names its arguments and its table; the .cpp beside it has the kernels and is compiled once per target.
// To add a family: the two files, its name in KERNEL_FAMILIES of CMakeLists.txt, and a line here and in target.cpp.
//
// Assumes: plain data, constant-initialised, so that loading the library runs no code of a target.
#pragma once
#include "banded.hpp"
#include "dense.hpp"
#include "elementwise.hpp"
#include "grouped.hpp"
#include "norm.hpp"
#include "planar.hpp"
#include "pooling.hpp"
#include "tiles.hpp"
#include "winograd.hpp"

namespace convstep {

struct Target {
  const char* name;
  const Both<Tiles>* tiles;
  const Both<Banded>* banded;
  const Both<Winograd>* winograd;
  const Both<Grouped>* grouped;
  const Both<Pooling>* pooling;
  const Both<Planar>* planar;
  const Both<Dense>* dense;
  const Both<Elementwise>* elementwise;
  const Both<Norm>* norm;
};

}  // namespace convstep
