#include "camera/simulation/simulated_camera.h"

#include <algorithm>
#include <cmath>

#include "camera/simulation/capture_sequence.h"
#include "camera/simulation/counter_random.h"
#include "camera/simulation/pixel_row.h"
#include "camera/simulation/scene_pixels.h"
#include "camera/simulation/truth_of_capture.h"
#include "isp/packed_codes.h"
#include "models/runtime/buffer_pool.h"

namespace argent {
namespace {

constexpr float kColorStep = 0.005f;  // relative change of cct from which the scene's colors are made anew

struct Defect {
  std::size_t pixel;
  std::uint16_t code;
};

std::vector<Defect> defects_of(const Scenario& scenario) {
  const Size size = scenario.sensor.size;
  const auto pixels = static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
  CounterRandom random(scenario.seed, RandomPurpose::kDefects, 0);
  std::vector<Defect> defects(static_cast<std::size_t>(double(scenario.sensor.defects) * double(pixels)));
  const float most = float((1 << scenario.sensor.bits) - 1);
  for (Defect& defect : defects) {
    defect.pixel = random.bits() % pixels;
    const bool hot = random.uniform() < 0.7f;
    defect.code = static_cast<std::uint16_t>(hot ? (0.3f + 0.7f * random.uniform()) * most : 0);
  }
  return defects;
}

SensorInfo info_of(const Scenario& scenario, const SensorModel& sensor, const SensorColor& color) {
  SensorInfo info;
  info.make = "Argent";
  info.model = "simulated " + scenario.sensor.model;
  info.active = scenario.sensor.size;
  info.bits = scenario.sensor.bits;
  const auto most = static_cast<float>((1 << info.bits) - 1);
  info.black.fill(std::round(sensor.black * (most + 1)));
  info.white.fill(most);
  info.matrices = color.matrices();
  return info;
}

}  // namespace

struct SimulatedCamera::State {
  explicit State(const Scenario& s)
      : color(s),
        scenario(with_color(s, color)),
        sequence(scenario),
        pixels(scenario),
        noise(scenario.seed),
        info(info_of(scenario, sequence.sensor(), color)),
        defects(defects_of(scenario)) {
    for (int x = 0; x < s.sensor.size.width; x++) {
      const float across = 2 * (float(x) + 0.5f) / float(s.sensor.size.width) - 1;
      across_squared.push_back(across * across);
    }
  }

  void set_color(float kelvin);
  void expose(std::uint16_t* codes);
  void draw_disc(const MovingDisc& disc, int y, float blur, std::vector<float>& row) const;
  void damage(std::uint16_t* codes) const;
  double field_luma() const;

  SensorColor color;
  Scenario scenario;
  CaptureSequence sequence;
  ScenePixels pixels;
  NormalTable noise;
  SensorInfo info;
  std::vector<Defect> defects;
  BufferPool pool;  ///< of packed frames
  std::vector<float> across_squared;
  float cct = 0;
  Palette palette, second_palette;
  int frames = 0;
};

void SimulatedCamera::State::set_color(float kelvin) {
  if (cct > 0 && std::abs(kelvin / cct - 1) < kColorStep) return;
  cct = kelvin;
  palette = color.palette(kelvin);
  second_palette = scenario.light.second_cct > 0 ? color.palette(scenario.light.second_cct) : palette;
  pixels.set_light(palette, second_palette);
}

void SimulatedCamera::State::draw_disc(const MovingDisc& disc, int y, float blur, std::vector<float>& row) const {
  const float border = std::max(1.0f, blur);  // pixels over which it fades
  const auto width = static_cast<float>(info.active.width), height = static_cast<float>(info.active.height);
  const float cy = disc.y * height, cx = disc.x * width, radius = disc.radius * height, dy = float(y) + 0.5f - cy;
  if (std::abs(dy) > radius + border) return;
  const float reach = std::sqrt(std::max(0.0f, (radius + border) * (radius + border) - dy * dy));
  const int first = std::max(0, static_cast<int>(cx - reach)), last = std::min(info.active.width - 1, static_cast<int>(cx + reach) + 1);
  for (int x = first; x <= last; x++) {
    const float share = std::clamp((radius - std::hypot(float(x) + 0.5f - cx, dy)) / border + 0.5f, 0.0f, 1.0f);
    const auto c = static_cast<std::size_t>((x & 1) + (y & 1));
    auto& level = row[static_cast<std::size_t>(x)];
    level += share * (disc.reflectance * palette[0][c] - level);
  }
}

double SimulatedCamera::State::field_luma() const {
  const float aspect = float(info.active.width) / float(info.active.height);
  const MovingDisc disc = moving_disc(scenario.scene, aspect, scenario.seed, 1e-6 * sequence.capture().applied.timestamp.count());
  const double covered = 3.14159265 * double(disc.radius) * double(disc.radius) / double(aspect);
  return (1 - covered) * pixels.mean_luma() + covered * double(disc.reflectance);
}

void SimulatedCamera::State::damage(std::uint16_t* codes) const {
  CounterRandom random(scenario.seed, RandomPurpose::kCorrupt, sequence.capture().applied.sequence + (std::uint64_t{1} << 40));
  const Size size = info.active;
  const auto first = static_cast<std::size_t>(random.uniform() * float(size.height)) * static_cast<std::size_t>(size.width);
  const bool garbage = random.uniform() < 0.5f;
  const std::uint64_t mask = (std::uint64_t{1} << info.bits) - 1;
  for (std::size_t i = first; i < static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height); i++) {
    codes[i] = static_cast<std::uint16_t>(garbage ? random.bits() & mask : 0);
  }
}

void SimulatedCamera::State::expose(std::uint16_t* codes) {
  const Capture& capture = sequence.capture();
  const Size size = info.active;
  const double start = 1e-6 * capture.applied.timestamp.count(), line = 1e-6 * capture.applied.line_time.count();
  const double exposure = 1e-6 * capture.applied.settings.exposure.count();
  const float aspect = float(size.width) / float(size.height), per_dioptre = blur_per_dioptre(scenario.lens);
  const float range = info.white[0] - info.black[0], quantisation = 1 / (12 * range * range);
  const float scale = 1 + scenario.lens.breathing * (capture.lens_position - scene_dioptres(scenario.scene, 0.5f));
  RowSettings settings{.black = info.black[0], .white = info.white[0], .shot = capture.noise.shot};
  settings.read = std::max(0.0f, capture.noise.read - quantisation);  // the pixels get theirs by being rounded
  const MovingDisc disc = moving_disc(scenario.scene, aspect, scenario.seed, start);
  const float row_deviation = scenario.sensor.noise * sequence.sensor().row * capture.applied.settings.analogue_gain;
  std::vector<float> row(static_cast<std::size_t>(size.width));
  const auto columns = sampled_sites(size.width, scale), rows = sampled_sites(size.height, scale);
  for (int y = 0; y < size.height; y++) {
    const float v = (float(y) + 0.5f) / float(size.height), down = 2 * v - 1;
    const float diameter = std::abs(scene_dioptres(scenario.scene, v) - capture.lens_position) * per_dioptre;
    const auto blur = pixels.blurred(diameter);
    const auto source = static_cast<std::size_t>(rows[static_cast<std::size_t>(y)]) * static_cast<std::size_t>(size.width);
    mix_row(row, blur.sharper + source, blur.softer + source, blur.share, scale == 1 ? std::span<const int>() : columns);
    if (disc.radius > 0) draw_disc(disc, y, diameter, row);
    CounterRandom random(scenario.seed, RandomPurpose::kPixels, capture.applied.sequence * 8192 + static_cast<std::uint64_t>(y));
    settings.level = static_cast<float>(sequence.light().flicker(start + y * line, exposure)) * capture.exposure_factor * capture.light.lux;
    settings.offset = row_deviation > 0 ? row_deviation * random.normal() : 0;
    settings.shading = scenario.lens.shading / 2;
    settings.down_squared = down * down;
    count_row(codes + static_cast<std::ptrdiff_t>(y) * size.width, row, across_squared, noise.run(random.bits()), settings);
  }
  for (const Defect& defect : defects) codes[defect.pixel] = defect.code;
  if (capture.corrupt) damage(codes);
}

SimulatedCamera::SimulatedCamera(const Scenario& scenario) : state_(std::make_unique<State>(scenario)) {}
SimulatedCamera::~SimulatedCamera() = default;
SimulatedCamera::SimulatedCamera(SimulatedCamera&&) noexcept = default;

bool SimulatedCamera::skip() {
  if (state_->frames >= state_->scenario.frames) return false;
  state_->frames++;
  state_->sequence.next();
  return true;
}

std::optional<RawFrame> SimulatedCamera::next() {
  if (!skip()) return std::nullopt;
  State& state = *state_;
  const Capture& capture = state.sequence.capture();
  if (state.pixels.look(1e-6 * capture.applied.timestamp.count())) state.cct = 0;  // what is seen now has no colors yet
  state.set_color(capture.light.cct);
  const Size size = state.info.active;
  auto codes =
      std::make_shared_for_overwrite<std::uint16_t[]>(static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height));
  state.expose(codes.get());
  RawFrame frame;
  frame.data = codes.get();
  frame.stride = size.width;
  frame.lease = std::move(codes);
  frame.sensor = state.info;
  frame.sensor.noise = capture.noise;
  frame.applied = capture.applied;
  frame.capture.focal_length = state.scenario.lens.focal_length;
  if (state.scenario.sensor.packed) return packed(frame, state.pool);
  return frame;
}

void SimulatedCamera::apply(const SensorSettings& settings) { state_->sequence.apply(settings); }

void SimulatedCamera::apply_bracket(std::span<const SensorSettings> steps) { state_->sequence.apply_bracket(steps); }

int SimulatedCamera::bracket_step() const { return state_->sequence.bracket_step(); }

FrameTruth SimulatedCamera::truth() const {
  const Capture& capture = state_->sequence.capture();
  FrameTruth truth = truth_of(state_->sequence, state_->scenario, state_->palette, state_->second_palette);
  const double total = capture.applied.settings.exposure.count() * double(capture.applied.settings.analogue_gain);
  truth.scene_luma = state_->field_luma() * double(capture.exposure_factor) * double(capture.light.lux) / total;
  return truth;
}

ShadingMesh SimulatedCamera::shading() const {
  ShadingMesh mesh;
  mesh.columns = 33;
  mesh.rows = 25;
  for (auto& gains : mesh.gains) gains.clear();
  for (int j = 0; j < mesh.rows; j++) {
    for (int i = 0; i < mesh.columns; i++) {
      const float gain = 1 / falloff(state_->scenario.lens, float(i) / float(mesh.columns - 1), float(j) / float(mesh.rows - 1));
      for (auto& gains : mesh.gains) gains.push_back(gain);
    }
  }
  return mesh;
}

}  // namespace argent
