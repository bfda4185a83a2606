// All kernels of Lockstep, in canonical arithmetic: every floating-point operation is an intrinsic that names its
// rounding, and every sum has one written order, so that these kernels give the bits of the CPU backends. What is
// row-major is dense: the distance between two rows is the length of a row.
//
// One idea a header; a kernel that is added goes into the header of its subject, or into a new one that is named here.
// ptx.sh, beside this file, makes the PTX that is committed as a resource; the tests compile the same source with g++
// for the emulated device.
#include "batch.cuh"
#include "bfloat16.cuh"
#include "cross_entropy.cuh"
#include "elementwise.cuh"
#include "gemm.cuh"
#include "layer.cuh"
#include "squared_error.cuh"
#include "state.cuh"
#include "unit_classes.cuh"
#include "update.cuh"
