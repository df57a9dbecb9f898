// speed_benchmark [THREADS [WIDTH HEIGHT]]: what a frame costs beside Halide's own camera pipe (apps/camera_pipe of the same Halide
// release), if camera_pipe.sh has fetched it: same codes, same size, same target, buffers used again on both sides. Prints one table;
// decides nothing.
//
// The peer does less: no lens shading, defects by a clamp to four neighbors, planes instead of interleaved pixels.
#include <HalideBuffer.h>
#include <malloc.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "models/runtime/cpu.h"
#include "models/runtime/kernel_context.h"
#include "samples/bench_tasks.h"
#include "samples/machine_probe.h"
#ifdef ARGENT_CAMERA_PIPE
#include "argent_camera_pipe_avx2.h"
#include "argent_camera_pipe_avx512.h"
#include "argent_camera_pipe_baseline.h"
#endif

namespace {

using namespace argent;

#ifdef ARGENT_CAMERA_PIPE
/// As its process.cpp calls it: matrices of the Nokia N900 from FCam, 3700 K, gamma 2, contrast 50, sharpening 1.
class CameraPipe {
 public:
  CameraPipe(const RawFrame& frame, int threads)
      : context_(pool_, threads),
        codes_(const_cast<std::uint16_t*>(frame.data), 2, shape(frame).data()),
        // 32 columns and 24 rows of what it is given are its border.
        picture_((frame.size().width - 32) / 64 * 64, (frame.size().height - 24) / 64 * 64, 3),
        scale_(double(frame.size().width) * frame.size().height / (double(picture_.width()) * picture_.height())) {
    constexpr float kWarm[3][4] = {
        {1.6697f, -0.2693f, -0.4004f, -42.4346f}, {-0.3576f, 1.0615f, 1.5949f, -37.1158f}, {-0.2175f, -1.8751f, 6.9640f, -26.6970f}};
    constexpr float kCold[3][4] = {
        {2.2997f, -0.4478f, 0.1706f, -39.0923f}, {-0.3826f, 1.5906f, -0.2080f, -25.4311f}, {-0.0888f, -0.7344f, 2.2832f, -20.0826f}};
    for (int row = 0; row < 3; row++) {
      for (int column = 0; column < 4; column++) {
        warm_(column, row) = kWarm[row][column];
        cold_(column, row) = kCold[row][column];
      }
    }
  }
  void operator()() {
    const CpuTarget cpu = cpu_target_from_environment();
    const auto pipe = cpu == CpuTarget::kAvx512 ? argent_camera_pipe_avx512
                      : cpu == CpuTarget::kAvx2 ? argent_camera_pipe_avx2
                                                : argent_camera_pipe_baseline;
    if (pipe(&context_, codes_, warm_, cold_, 3700, 2, 50, 1, 25, 1023, picture_) != 0) std::abort();
  }
  double scale() const { return scale_; }  ///< of its time, to the whole frame's pixels

 private:
  static std::vector<halide_dimension_t> shape(const RawFrame& frame) {
    return {{0, frame.size().width, 1}, {0, frame.size().height, static_cast<std::int32_t>(frame.stride)}};
  }
  BufferPool pool_;
  KernelContext context_;  ///< threads and memory as our kernels have them
  Halide::Runtime::Buffer<std::uint16_t> codes_;
  Halide::Runtime::Buffer<float> warm_{4, 3}, cold_{4, 3};
  Halide::Runtime::Buffer<std::uint8_t> picture_;
  double scale_;
};
#endif

}  // namespace

int main(int argc, char** argv) try {
  mallopt(M_MMAP_THRESHOLD, 1 << 30);  // a fresh page costs as much as the work on it
  mallopt(M_TRIM_THRESHOLD, -1);
  const int threads = argc > 1 ? std::atoi(argv[1]) : 2;
  const Size size{argc > 3 ? std::atoi(argv[2]) : 4064, argc > 3 ? std::atoi(argv[3]) : 3032};
  const double pixels = double(size.width) * size.height;
  std::vector<Contender> contenders;
  double scale = 0;  // of the peer's time
#ifdef ARGENT_CAMERA_PIPE
  const RawFrame frame = bench_frame(CfaPattern::kGrbg, size);
  CameraPipe peer(frame, threads);
  scale = peer.scale();
  contenders.push_back({"Halide's camera_pipe", [&] { peer(); }, {}});
#else
  std::puts("Halide's camera_pipe is not there (tests/benchmarks/camera_pipe.sh says how): no ratios to it");
#endif
  for (const BenchTask& task : bench_tasks(size, threads, cpu_target_from_environment())) contenders.push_back({task.name, task.work, {}});

  std::printf("%s, kernels %s; FMA %.0f / %.0f GFLOP/s (1T / 2T); COPY %.2f ms\n", cpu_description().c_str(),
              std::string(name_of(cpu_target_from_environment())).c_str(), fma_rate(1), fma_rate(2),
              copy_time(static_cast<std::size_t>(2.5 * pixels), threads));
  interleave(contenders, 3, 11);
  std::printf("%dx%d, %d threads, medians and shortest of 11 interleaved rounds\n%-26s %9s %9s %8s %8s %8s\n", size.width, size.height,
              threads, "", "ms", "best", "MP/s", "of CP", "best");
  for (std::size_t i = 0; i < contenders.size(); i++) {
    const Contender& contender = contenders[i];
    const double of_frame = scale > 0 && i == 0 ? scale : 1, ms = contender.median() * of_frame, best = contender.best() * of_frame;
    std::printf("%-26s %9.2f %9.2f %8.0f", contender.name.c_str(), ms, best, pixels / ms / 1000);
    if (scale > 0) std::printf(" %8.2f %8.2f", ms / (contenders[0].median() * scale), best / (contenders[0].best() * scale));
    std::puts("");
  }
  std::printf("FMA afterwards %.0f / %.0f GFLOP/s; peak memory of all %.0f MiB\n", fma_rate(1), fma_rate(2), peak_memory());
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "speed_benchmark: %s\n", error.what());
  return 1;
}
