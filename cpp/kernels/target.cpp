// One target: its name and its families. Compiled once per instruction set, with CONVSTEP_TARGET as its name.
//
// Assumes: everything but `target` has internal linkage, and the table is a constant.
#include "kernels.hpp"

#define TEXT_OF(name) #name
#define TEXT(name) TEXT_OF(name)

namespace convstep::CONVSTEP_TARGET {

extern const Both<Tiles> tiles;
extern const Both<Banded> banded;
extern const Both<Winograd> winograd;
extern const Both<Grouped> grouped;
extern const Both<Dense> dense;
extern const Both<Pooling> pooling;
extern const Both<Planar> planar;
extern const Both<Elementwise> elementwise;
extern const Both<Norm> norm;

extern const Target target;
const Target target{TEXT(CONVSTEP_TARGET), &tiles, &banded, &winograd, &grouped, &pooling, &planar, &dense, &elementwise, &norm};

}  // namespace convstep::CONVSTEP_TARGET
