// benchmarks/probe.h - what a contest with a peer must say besides (samples/machine_probe.h).
#pragma once

#include <string>

#include "samples/machine_probe.h"

namespace argent::benchmarks {

/// cpu_description() with the kernels' target, the peer, and whether something slows it: "...; kernels avx512; libtorch 1.13;
/// OPENBLAS_CORETYPE unset".
std::string contest_description(CpuTarget target, const std::string& peer);

}  // namespace argent::benchmarks
