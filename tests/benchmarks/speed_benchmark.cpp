// speed_benchmark [THREADS [WIDTH HEIGHT [WORK...]]]: what a frame costs beside Halide's own camera pipe (apps/camera_pipe of the same
// Halide release), if camera_pipe.sh has fetched it: same codes, same size, same target, buffers used again on both sides. Prints one
// table; decides nothing. WORK: rows of the table; of one alone the ratio is steadiest, since no other leaves the caches and memory as it
// finds them.
//
// The peer does less: no lens shading, defects by a clamp to four neighbors, planes instead of interleaved pixels. `minimal` is the least
// that makes a picture of the same stages (minimal_generator.cpp), checked against the same in doubles.
#include <HalideBuffer.h>
#include <malloc.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "isp/tone_curve.h"
#include "models/runtime/cpu.h"
#include "models/runtime/kernel_context.h"
#include "samples/bench_tasks.h"
#include "samples/machine_probe.h"
#ifdef ARGENT_MINIMAL_PIPE
#include "argent_minimal_avx2.h"
#include "argent_minimal_avx512.h"
#include "argent_minimal_baseline.h"
#endif
#ifdef ARGENT_CAMERA_PIPE
#include "argent_camera_pipe_avx2.h"
#include "argent_camera_pipe_avx512.h"
#include "argent_camera_pipe_baseline.h"
#endif

namespace {

using namespace argent;

std::vector<halide_dimension_t> shape(const RawFrame& frame) {
  return {{0, frame.size().width, 1}, {0, frame.size().height, static_cast<std::int32_t>(frame.stride)}};
}

/// Of one kernel built for all targets.
template <class Kernel>
Kernel* pick(Kernel* baseline, Kernel* avx2, Kernel* avx512) {
  const CpuTarget cpu = cpu_target_from_environment();
  return cpu == CpuTarget::kAvx512 ? avx512 : cpu == CpuTarget::kAvx2 ? avx2 : baseline;
}

#ifdef ARGENT_MINIMAL_PIPE
/// Daylight on a sensor of 10 bits.
class MinimalPipe {
 public:
  MinimalPipe(const RawFrame& frame, int threads)
      : context_(pool_, threads),
        codes_(const_cast<std::uint16_t*>(frame.data), 2, shape(frame).data()),
        picture_(3, frame.size().width / 64 * 64, frame.size().height / 64 * 64),
        scale_(double(frame.size().width) * frame.size().height / (double(picture_.height()) * picture_.channels())) {
    for (int s = 0; s < 4; s++) {
      levels_(s, 0) = static_cast<std::uint16_t>(frame.sensor.black[0]);
      levels_(s, 1) = static_cast<std::uint16_t>(std::lround(65536 * kGains[static_cast<std::size_t>(s)]));
    }
    ceiling_ =
        static_cast<std::uint16_t>((static_cast<int>(frame.sensor.white[0] - frame.sensor.black[0]) << kShift) * levels_(1, 1) >> 16);
    for (int row = 0; row < 3; row++) {
      for (int column = 0; column < 3; column++) matrix_(column, row) = kMatrix[row][column] / static_cast<float>(ceiling_);
    }
    std::copy_n(kCurve, 7, curve_.begin());
    ToneParams identity;
    identity.contrast = 1;
    tone_ = make_tone_steps(identity, Encoding::kSrgb, 1);
    std::copy(tone_.rise.begin(), tone_.rise.end(), std::copy(tone_.start.begin(), tone_.start.end(), steps_.begin()));
  }
  void operator()() {
    const auto pipe = pick(argent_minimal_baseline, argent_minimal_avx2, argent_minimal_avx512);
    context_.check(
        pipe(&context_, codes_, 0, 0, levels_, kShift, ceiling_, matrix_, curve_, kWarp, steps_, tone_.offset, tone_.shift, picture_),
        "minimal");
  }
  double scale() const { return scale_; }  ///< of its time, to the whole frame's pixels

  /// Codes that it is off sRGB's curve at most, over some of its pixels; what is before the curve is taken as it is.
  int worst() const {
    int worst = 0;
    for (int y = 64; y < 320; y++) {
      for (int x = 64; x < 320; x++) {
        const std::array<int, 3> rgb = balanced(x, y);
        for (int i = 0; i < 3; i++) {
          double light = 0;
          for (int j = 0; j < 3; j++) light += static_cast<double>(matrix_(j, i)) * rgb[static_cast<std::size_t>(j)];
          light = std::clamp(light, 0.0, 1.0);
          const double code = 255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * std::pow(light, 1 / 2.4) - 0.055);
          worst = std::max(worst, std::abs(static_cast<int>(std::lround(code)) - picture_(i, x, y)));
        }
      }
    }
    return worst;
  }

 private:
  static constexpr std::array<double, 4> kGains{0.95, 0.5, 0.5, 0.8};  // over a common scale: the greens saturate first
  static constexpr float kMatrix[3][3] = {{1.7f, -0.5f, -0.2f}, {-0.2f, 1.5f, -0.3f}, {0, -0.6f, 1.6f}};
  static constexpr std::uint16_t kShift = 6;
  /// sRGB in t = sqrt(light / (0.7 light + 0.3)), fitted for the least largest error (0.49 codes), with the rounding's half and 0.35 less,
  /// so that no error of the root (2^-11.4) makes 256 of 255.
  static constexpr float kWarp = 0.7f;
  static constexpr float kCurve[7] = {-0.334f, 4.5490874f, 1448.40214f, -5247.53379f, 9355.97f, -8015.64717f, 2710.23431f};

  int light(int x, int y) const {
    const int site = x % 2 + 2 * (y % 2);
    const int above = std::max<int>(codes_(x, y), levels_(site, 0)) - levels_(site, 0);
    return std::min(static_cast<int>((static_cast<std::uint32_t>(above << kShift) * levels_(site, 1)) >> 16), int{ceiling_});
  }
  std::array<int, 3> balanced(int x, int y) const {
    const auto mean = [](int a, int b) { return (a + b + 1) >> 1; };
    const int own = light(x, y), beside = mean(light(x - 1, y), light(x + 1, y)), above = mean(light(x, y - 1), light(x, y + 1));
    const int cross = mean(beside, above);
    const int corners = mean(mean(light(x - 1, y - 1), light(x + 1, y + 1)), mean(light(x + 1, y - 1), light(x - 1, y + 1)));
    if (y % 2 == 0) return x % 2 == 0 ? std::array{own, cross, corners} : std::array{beside, own, above};
    return x % 2 == 0 ? std::array{above, own, beside} : std::array{corners, cross, own};
  }

  BufferPool pool_;
  KernelContext context_;
  Halide::Runtime::Buffer<std::uint16_t> codes_;
  Halide::Runtime::Buffer<std::uint16_t> levels_{4, 2};
  Halide::Runtime::Buffer<float> matrix_{3, 3}, curve_{7};
  ToneSteps tone_;
  Halide::Runtime::Buffer<std::uint16_t> steps_{ToneSteps::kSteps, 2};
  Halide::Runtime::Buffer<std::uint8_t> picture_;
  std::uint16_t ceiling_ = 0;
  double scale_;
};
#endif

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
    const auto pipe = pick(argent_camera_pipe_baseline, argent_camera_pipe_avx2, argent_camera_pipe_avx512);
    context_.check(pipe(&context_, codes_, warm_, cold_, 3700, 2, 50, 1, 25, 1023, picture_), "camera_pipe");
  }
  double scale() const { return scale_; }  ///< of its time, to the whole frame's pixels

 private:
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
  std::vector<double> scales;  // of the times, to a whole frame's; those of the peer first
#ifdef ARGENT_CAMERA_PIPE
  const RawFrame frame = bench_frame(CfaPattern::kGrbg, size);
  CameraPipe peer(frame, threads);
  scales.push_back(peer.scale());
  contenders.push_back({"Halide's camera_pipe", [&] { peer(); }, {}});
#else
  std::puts("Halide's camera_pipe is not there (tests/benchmarks/camera_pipe.sh says how): no ratios to it");
#endif
  const bool has_peer = !scales.empty();
#ifdef ARGENT_MINIMAL_PIPE
  const RawFrame bayer = bench_frame(CfaPattern::kRggb, size);
  MinimalPipe minimal(bayer, threads);
  minimal();
  std::printf("minimal: at most %d codes off sRGB's curve\n", minimal.worst());
  scales.push_back(minimal.scale());
  contenders.push_back({"minimal, RGB8", [&] { minimal(); }, {}});
#endif
  for (const BenchTask& task : bench_tasks(size, threads, cpu_target_from_environment())) contenders.push_back({task.name, task.work, {}});
  scales.resize(contenders.size(), 1);
  const std::vector<std::string> wanted(argv + std::min(argc, 4), argv + argc);
  const auto is_wanted = [&](const std::string& name) { return std::find(wanted.begin(), wanted.end(), name) != wanted.end(); };
  for (std::size_t i = contenders.size(); !wanted.empty() && i-- > (has_peer ? 1 : 0);) {
    if (is_wanted(contenders[i].name)) continue;
    contenders.erase(contenders.begin() + static_cast<std::ptrdiff_t>(i));
    scales.erase(scales.begin() + static_cast<std::ptrdiff_t>(i));
  }
  if (contenders.size() < wanted.size() + (has_peer ? 1 : 0)) throw std::runtime_error("there is no such row of the table");

  std::printf("%s, kernels %s; FMA %.0f / %.0f GFLOP/s (1T / 2T); COPY %.2f ms\n", cpu_description().c_str(),
              std::string(name_of(cpu_target_from_environment())).c_str(), fma_rate(1), fma_rate(2),
              copy_time(static_cast<std::size_t>(2.5 * pixels), threads));
  interleave(contenders, 3, 11);
  std::printf("%dx%d, %d threads, medians and shortest of 11 interleaved rounds\n%-26s %9s %9s %8s %8s %8s\n", size.width, size.height,
              threads, "", "ms", "best", "MP/s", "of CP", "best");
  for (std::size_t i = 0; i < contenders.size(); i++) {
    const Contender& contender = contenders[i];
    const double ms = contender.median() * scales[i], best = contender.best() * scales[i];
    std::printf("%-26s %9.2f %9.2f %8.0f", contender.name.c_str(), ms, best, pixels / ms / 1000);
    if (has_peer) std::printf(" %8.2f %8.2f", ms / (contenders[0].median() * scales[0]), best / (contenders[0].best() * scales[0]));
    std::puts("");
  }
  std::printf("FMA afterwards %.0f / %.0f GFLOP/s; peak memory of all %.0f MiB\n", fma_rate(1), fma_rate(2), peak_memory());
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "speed_benchmark: %s\n", error.what());
  return 1;
}
