// samples/bench_tasks.h - what `argent bench` times: frames made for it, and each thing that the pipeline does to one.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "isp/frame.h"
#include "models/runtime/cpu.h"

namespace argent {

/// 4:3, sides even, about so many pixels. Throws Error when that is none, or more than 2000 million.
Size bench_size(double megapixels);

/// Waves with noise in 10-bit codes, with matrices and a noise model: a picture of nothing, the same each time.
RawFrame bench_frame(CfaPattern cfa, Size size);

/// One row of the table. Each call does the same work again on the same frame.
struct BenchTask {
  std::string name;
  double traffic = 0;  ///< bytes that must at least be read and written: the frame and the picture
  double picture = 0;  ///< of these what is made
  std::function<void()> work;
};

/// Frames and a falloff of half the light in the corners, shared by the tasks; each has a pipeline of its own, made when it first runs.
std::vector<BenchTask> bench_tasks(Size size, int threads, CpuTarget cpu);

}  // namespace argent
