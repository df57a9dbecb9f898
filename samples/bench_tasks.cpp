#include "samples/bench_tasks.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <random>

#include "isp/packed_codes.h"
#include "isp/pipeline.h"
#include "isp/presets.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

/// As a profile has it.
ShadingMesh falloff() {
  constexpr int kColumns = 17, kRows = 13;
  ShadingMesh mesh{5500, kColumns, kRows, {}};
  for (auto& gains : mesh.gains) {
    for (int row = 0; row < kRows; row++) {
      for (int column = 0; column < kColumns; column++) {
        const float x = 2.0f * static_cast<float>(column) / (kColumns - 1) - 1, y = 2.0f * static_cast<float>(row) / (kRows - 1) - 1;
        gains.push_back(1 + 0.5f * (x * x + y * y));
      }
    }
  }
  return mesh;
}

Controls daylight() {
  Controls controls;
  controls.colour_gains = {2, 1, 1.5f};
  return controls;
}

struct Form {
  Preset preset = Preset::kLive;
  OutputParams output{};
};

/// Made at the first call, so that its memory is counted there.
class Runner {
 public:
  Runner(std::shared_ptr<const RawFrame> frame, const Form& form, int threads, CpuTarget cpu) : frame_(std::move(frame)), cpu_(cpu) {
    apply(form.preset, params_);
    params_.output = form.output;
    params_.threads = threads;
    params_.shading = {falloff()};
  }
  const Pipeline& pipeline() {
    if (!pipeline_) pipeline_.emplace(params_, cpu_);
    return *pipeline_;
  }
  const RawFrame& frame() const { return *frame_; }

 private:
  std::shared_ptr<const RawFrame> frame_;
  PipelineParams params_;
  CpuTarget cpu_;
  std::optional<Pipeline> pipeline_;
};

}  // namespace

Size bench_size(double megapixels) {
  if (!(megapixels > 0 && megapixels <= 2000)) throw Error("a frame has between 0 and 2000 megapixels");
  const auto even = [](double side) { return std::max(2, 2 * static_cast<int>(std::lround(side / 2))); };
  const double height = std::sqrt(megapixels * 1e6 * 3 / 4);
  return {even(height * 4 / 3), even(height)};
}

RawFrame bench_frame(CfaPattern cfa, Size size) {
  constexpr int kPeriod = 512;  // of the waves: what follows repeats it
  RawFrame frame;
  frame.sensor.active = size;
  frame.sensor.cfa = cfa;
  frame.sensor.bits = 10;
  frame.sensor.black.fill(64);
  frame.sensor.white.fill(1023);
  frame.sensor.noise = {2e-4f, 2e-6f};
  frame.sensor.matrices = {{6504, {0.6257f, -0.0303f, -0.1f, -0.788f, 1.5621f, 0.2396f, -0.1714f, 0.1904f, 0.7046f}}};
  frame.applied.settings.exposure = Microseconds(10'000);
  frame.stride = size.width;
  auto codes = std::make_shared<std::vector<std::uint16_t>>(static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height));
  std::mt19937 random(1);
  for (int y = 0; y < size.height; y++) {
    std::uint16_t* row = codes->data() + static_cast<std::ptrdiff_t>(y) * size.width;
    if (y >= kPeriod) {
      std::copy_n(row - static_cast<std::ptrdiff_t>(kPeriod) * size.width, size.width, row);
      continue;
    }
    for (int x = 0; x < size.width; x++) {
      if (x >= kPeriod) {
        row[x] = row[x - kPeriod];
        continue;
      }
      constexpr double kTurn = 2 * 3.14159265358979 / kPeriod;
      const double wave = 0.4 + 0.2 * std::sin(31 * kTurn * x) * std::cos(17 * kTurn * y) + (x / 32 % 2) * 0.15;
      row[x] = static_cast<std::uint16_t>(64 + 940 * wave + static_cast<double>(random() % 32));
    }
  }
  frame.data = codes->data();
  frame.lease = std::move(codes);
  return frame;
}

std::vector<BenchTask> bench_tasks(Size size, int threads, CpuTarget cpu) {
  const double pixels = static_cast<double>(size.width) * size.height;
  BufferPool pool;
  const auto bayer = std::make_shared<const RawFrame>(bench_frame(CfaPattern::kRggb, size));
  const auto xtrans = std::make_shared<const RawFrame>(bench_frame(CfaPattern::kXTrans, size));
  const auto bytes = std::make_shared<const RawFrame>(packed(*bayer, pool));
  OutputParams linear;
  linear.type = PixelType::kU16;
  linear.encoding = Encoding::kLinear;

  std::vector<BenchTask> tasks;
  const auto add = [&](std::string name, double read, double written, const std::shared_ptr<const RawFrame>& frame, const Form& form,
                       auto work) {
    auto runner = std::make_shared<Runner>(frame, form, threads, cpu);
    tasks.push_back({std::move(name), (read + written) * pixels, written * pixels,
                     [runner = std::move(runner), work] { work(runner->pipeline(), runner->frame()); }});
  };
  const auto picture = [](const Pipeline& pipeline, const RawFrame& frame) { (void)pipeline.render(frame, daylight()); };
  const auto video = [](const Pipeline& pipeline, const RawFrame& frame) { (void)pipeline.render_yuv(frame, daylight()); };
  const auto statistics = [](const Pipeline& pipeline, const RawFrame& frame) { (void)pipeline.measure(frame, daylight()); };
  add("measure", 2, 0, bayer, {}, statistics);
  add("measure, RAW10 packed", 1.25, 0, bytes, {}, statistics);
  add("live, RGB8", 2, 3, bayer, {}, picture);
  add("live, RGB8, RAW10 packed", 1.25, 3, bytes, {}, picture);
  add("live, NV12", 2, 1.5, bayer, {}, video);
  add("live, linear RGB16", 2, 6, bayer, {Preset::kLive, linear}, picture);
  add("live, RGB8, X-Trans", 2, 3, xtrans, {}, picture);
  add("balanced, RGB8", 2, 3, bayer, {Preset::kBalanced, {}}, picture);
  add("best, RGB8", 2, 3, bayer, {Preset::kBest, {}}, picture);
  return tasks;
}

}  // namespace argent
