#include "camera/simulation/zone_plant.h"

#include <algorithm>
#include <cmath>

#include "camera/simulation/capture_sequence.h"
#include "camera/simulation/truth_of_capture.h"
#include "camera/simulation/zone_rows.h"
#include "camera/simulation/zone_sampling.h"
#include "camera/simulation/zone_scene.h"

namespace argent {
namespace {

constexpr Vec3 kRec709{0.2126f, 0.7152f, 0.0722f};
constexpr int kHistogramStep = 2;  // as StatisticsParams has it

/// Share of a sharp edge's second-difference energy that blur of a diameter (quads) leaves: falls with its third power, as a ramp's does.
float blurred_share(float diameter, float scale) {
  const float ratio = diameter / scale, base = 1 + ratio * ratio;
  return 1 / (base * std::sqrt(base));
}

Statistics empty_statistics(const Scenario& scenario) {
  Statistics out;
  out.columns = scenario.columns;
  out.rows = scenario.rows;
  out.histogram_step = kHistogramStep;
  const int quad_rows = scenario.sensor.size.height / 2;
  const int per_band = (quad_rows + Statistics::kMaxBands - 1) / Statistics::kMaxBands;
  out.band_rows = 2 * per_band;
  out.bands = (quad_rows + per_band - 1) / per_band;
  if (scenario.lens.phase_gain != 0) {
    out.phase_columns = std::min(Statistics::kMaxPhaseColumns, scenario.columns);
    out.phase_rows = std::min(Statistics::kMaxPhaseRows, scenario.rows);
  }
  return out;
}

}  // namespace

struct ZonePlant::State {
  explicit State(const Scenario& s)
      : color(s),
        scenario(with_color(s, color)),
        sequence(scenario),
        scene(s),
        noisy(empty_statistics(s)),
        clean(empty_statistics(s)),
        profile(scene.row_profile(noisy.bands)),
        band_flicker(static_cast<std::size_t>(noisy.bands)),
        coverage(scene.zones().size()) {
    set_color(scenario.light.cct);
    if (scenario.scene.kind == "checker") surface = 0.25f;
    for (int band = 0; band < noisy.bands; band++) {
      const float down = 2 * (float(band) + 0.5f) / float(noisy.bands) - 1;
      band_falloff.push_back(1 - scenario.lens.shading / 2 * (1 / 3.0f + down * down));
    }
  }

  void look();
  void set_color(float cct);
  void take();
  void fill(Statistics& out, const ZoneNoise& noise, bool flicker) const;
  double mean_flicker(int row) const;
  void fill_bands(Statistics& out, int row, const ZoneRow& green, const ZoneNoise& noise, double pulse, CounterRandom& random) const;
  void fill_phases(Statistics& out) const;
  void damage(Statistics& out) const;
  void cover();
  ZoneLight light_of(std::size_t zone, double flicker) const;
  std::vector<std::array<float, 2>> zone_whites() const;
  void add_border(ZoneLight& light, float covered, float blur) const;
  FrameTruth describe_truth() const;

  SensorColor color;
  Scenario scenario;
  CaptureSequence sequence;
  ZoneScene scene;
  Statistics noisy;
  mutable Statistics clean;
  mutable FrameTruth truth;
  mutable bool truth_known = false;
  std::vector<float> profile;        ///< row_profile()
  std::vector<float> band_falloff;   ///< the lens's, mean of a band: row sums are taken before lens shading is undone
  std::vector<double> band_flicker;  ///< factor of the light by band
  std::vector<float> coverage;       ///< of a zone by the moving disc
  MovingDisc disc;
  float surface = 0.05f;  ///< size of what the scene is made of, of the field's height: leaves', a patch's
  float cct = 0;          ///< of the colors in `scene`
  Palette palette, second_palette;
  Vec3 gains{1, 1, 1};
};

void ZonePlant::State::look() {
  if (!scene.look(1e-6 * sequence.capture().applied.timestamp.count())) return;
  profile = scene.row_profile(noisy.bands);
  cct = 0;  // what is seen now has no colors yet
}

void ZonePlant::State::set_color(float kelvin) {
  if (kelvin == cct) return;
  cct = kelvin;
  palette = color.palette(kelvin);
  second_palette = scenario.light.second_cct > 0 ? color.palette(scenario.light.second_cct) : palette;
  scene.set_light(palette, second_palette);
}

void ZonePlant::State::cover() {
  const float aspect = float(scenario.sensor.size.width) / float(scenario.sensor.size.height);
  disc = moving_disc(scenario.scene, aspect, scenario.seed, 1e-6 * sequence.capture().applied.timestamp.count());
  if (disc.radius <= 0) return;
  std::fill(coverage.begin(), coverage.end(), 0.0f);
  constexpr int kSub = 4;  // samples of a zone's side, with a soft border so that little motions show
  const float width = 1 / float(scenario.columns), height = 1 / float(scenario.rows), soft = height / kSub;
  const auto first = [](float from, float size) { return std::max(0, static_cast<int>(from / size)); };
  float total = 0;
  for (int row = first(disc.y - disc.radius - soft, height); row < scenario.rows && float(row) * height < disc.y + disc.radius + soft;
       row++) {
    const float reach = (disc.radius + soft) / aspect;
    for (int column = first(disc.x - reach, width); column < scenario.columns && float(column) * width < disc.x + reach; column++) {
      float sum = 0;
      for (int i = 0; i < kSub * kSub; i++) {
        const float x = (float(column) + (float(i % kSub) + 0.5f) / kSub) * width,
                    y = (float(row) + (float(i / kSub) + 0.5f) / kSub) * height;
        sum += std::clamp((disc.radius - std::hypot((x - disc.x) * aspect, y - disc.y)) / soft + 0.5f, 0.0f, 1.0f);
      }
      coverage[static_cast<std::size_t>(row * scenario.columns + column)] = sum / (kSub * kSub);
      total += sum / (kSub * kSub);
    }
  }
  // Sampling must not make a spot breathe that only moves.
  const float wanted = 3.1415927f * disc.radius * disc.radius / aspect * float(coverage.size());
  if (total > 0) {
    for (float& share : coverage) share = std::min(1.0f, share * wanted / total);
  }
}

/// The border of what moves is an edge too, and often the strongest one.
void ZonePlant::State::add_border(ZoneLight& light, float covered, float blur) const {
  float inside = 0;
  for (std::size_t k = 0; k < ZoneScene::kCells; k++) inside += std::min(1.0f, light.level[1][k]) / ZoneScene::kCells;
  const float other = std::min(1.0f, light.level[1][ZoneScene::kCells]), mean = inside + covered * (other - inside);
  if (!(mean > 0)) return;
  const float side = float(scenario.sensor.size.height) / 2 / float(scenario.rows);  // quads
  const float perimeter = 6.2831853f * disc.radius * float(scenario.sensor.size.height) / 2;
  const float length = std::min(perimeter, 1.2f * side * 2 * std::sqrt(covered * (1 - covered)));
  const float step = (other - inside) / mean, energy = 2 * length / (side * side) * step * step;
  light.focus[0] += energy * blurred_share(blur, 1);
  light.focus[1] += 1.25f * energy * blurred_share(blur, 2.5f);
}

ZoneLight ZonePlant::State::light_of(std::size_t index, double flicker) const {
  const Capture& capture = sequence.capture();
  const ZoneScene::Zone& zone = scene.zones()[index];
  const float covered = disc.radius > 0 ? coverage[index] : 0;
  const float factor = static_cast<float>(flicker) * capture.exposure_factor * capture.light.lux * zone.falloff;
  const float blur = std::abs(zone.dioptres - capture.lens_position) * blur_per_dioptre(scenario.lens) / 2;  // quads
  // Blur also takes contrast from what is larger than a quad: surfaces draw near to the zone's mean.
  const float kept = 1 / (1 + 2 * blur / (surface * float(scenario.sensor.size.height)));
  ZoneLight light;
  for (std::size_t c = 0; c < 3; c++) {
    float sum = 0;
    for (float color_of_cell : zone.color[c]) sum += color_of_cell;
    const float mean = sum / ZoneScene::kCells;
    for (std::size_t k = 0; k < ZoneScene::kCells; k++) light.level[c][k] = factor * (mean + kept * (zone.color[c][k] - mean));
    light.level[c][ZoneScene::kCells] = factor * disc.reflectance * palette[0][c];
  }
  for (std::size_t k = 0; k < ZoneScene::kCells; k++) light.weight[k] = (1 - covered) / ZoneScene::kCells;
  light.weight[ZoneScene::kCells] = covered;
  light.falloff = zone.falloff;
  light.focus = {zone.texture[0] * blurred_share(blur, scene.edge()), zone.texture[1] * blurred_share(blur, 1.5f + scene.edge())};
  if (covered > 0 && covered < 1) add_border(light, covered, blur);
  const Size size = scenario.sensor.size;
  light.quads = size.width / 2 / scenario.columns * (size.height / 2 / scenario.rows);
  light.counted_quads = light.quads / (kHistogramStep * kHistogramStep);
  return light;
}

void ZonePlant::State::fill(Statistics& out, const ZoneNoise& noise, bool flicker) const {
  out.luma = {};
  out.channels = {};
  out.luma_gains = gains;
  out.applied = sequence.capture().applied;
  CounterRandom random(scenario.seed, RandomPurpose::kZones, out.applied.sequence);
  CounterRandom band_random(scenario.seed, RandomPurpose::kBands, out.applied.sequence);
  for (int row = 0; row < scenario.rows; row++) {
    const double pulse = flicker ? mean_flicker(row) : 1;
    ZoneRow green;
    for (int column = 0; column < scenario.columns; column++) {
      const auto index = static_cast<std::size_t>(row * scenario.columns + column);
      const ZoneLight light = light_of(index, pulse);
      green.add(light);
      sample_zone(out, out.zones[index], light, noise, random);
    }
    fill_bands(out, row, green, noise, flicker ? pulse : 0, band_random);
  }
}

/// Of the light by the bands of a row of zones.
double ZonePlant::State::mean_flicker(int row) const {
  const int first = row * noisy.bands / scenario.rows, last = std::max(first + 1, (row + 1) * noisy.bands / scenario.rows);
  double sum = 0;
  for (int band = first; band < last; band++) sum += band_flicker[static_cast<std::size_t>(band)];
  return sum / (last - first);
}

/// `green`: the light of that row of zones; `pulse`: its mean_flicker(), 0: a steady light.
void ZonePlant::State::fill_bands(Statistics& out, int row, const ZoneRow& green, const ZoneNoise& noise, double pulse,
                                  CounterRandom& random) const {
  const float per_band = static_cast<float>(scenario.sensor.size.width * out.band_rows / 2);
  const float row_noise = noise.sensor.read > 0 ? scenario.sensor.noise * sequence.sensor().row * out.applied.settings.analogue_gain : 0;
  float level = 0;
  for (int column = 0; column < scenario.columns; column++) level += out.zone(column, row).mean[1] / float(scenario.columns);
  const float deviation = std::sqrt((noise.sensor.shot * std::max(0.0f, level) + noise.sensor.read) / per_band + row_noise * row_noise);
  const float whole = green.counted(1);
  for (int band = row * out.bands / scenario.rows; band < (row + 1) * out.bands / scenario.rows; band++) {
    const auto i = static_cast<std::size_t>(band);
    const float factor = profile[i] * (pulse > 0 ? static_cast<float>(band_flicker[i] / pulse) : 1);
    const float share = whole > 0 ? green.counted(factor) / whole : factor;
    out.row_means[i] = level * band_falloff[i] * share + (deviation > 0 ? deviation * random.normal() : 0);
  }
}

void ZonePlant::State::fill_phases(Statistics& out) const {
  CounterRandom random(scenario.seed, RandomPurpose::kPhase, out.applied.sequence);
  for (int row = 0; row < out.phase_rows; row++) {
    for (int column = 0; column < out.phase_columns; column++) {
      const int zone_row = row * scenario.rows / out.phase_rows, zone_column = column * scenario.columns / out.phase_columns;
      const auto& zone = scene.zones()[static_cast<std::size_t>(zone_row * scenario.columns + zone_column)];
      const float level = out.zone(zone_column, zone_row).mean[1];
      const float contrast = zone.texture[1] / (zone.texture[1] + 0.02f) * level / (level + 0.01f);
      auto& phase = out.phases[static_cast<std::size_t>(row * out.phase_columns + column)];
      const float truth = scenario.lens.phase_gain * (zone.dioptres - sequence.capture().lens_position);
      phase.disparity = truth + scenario.lens.phase_noise * scenario.sensor.noise / std::max(0.02f, contrast) * random.normal();
      // Far out of focus there is nothing left to compare.
      phase.confidence = std::clamp(contrast / (1 + std::abs(truth) / 40), 0.0f, 1.0f);
    }
  }
}

void ZonePlant::State::damage(Statistics& out) const {
  // The transfer broke off: from some row on there are zeros, or whatever the memory held.
  CounterRandom random(scenario.seed, RandomPurpose::kCorrupt, out.applied.sequence + (std::uint64_t{1} << 40));
  const int first = static_cast<int>(random.uniform() * float(scenario.rows));
  const bool garbage = random.uniform() < 0.5f;
  const float black = sequence.sensor().black, zero = -black / (1 - black);
  for (int row = first; row < scenario.rows; row++) {
    for (int column = 0; column < scenario.columns; column++) {
      Statistics::Zone& zone = out.zone(column, row);
      for (std::size_t c = 0; c < 3; c++) zone.mean[c] = zone.unclipped[c] = garbage ? random.uniform() : zero;
      zone.clipped = garbage ? 0.1f * random.uniform() : 0;
      zone.dark = garbage ? 0.1f * random.uniform() : 1;
      zone.focus = garbage ? std::array<float, 2>{random.uniform(), random.uniform()} : std::array<float, 2>{};
    }
  }
  for (int band = first * out.bands / scenario.rows; band < out.bands; band++) {
    out.row_means[static_cast<std::size_t>(band)] = garbage ? random.uniform() : zero;
  }
}

void ZonePlant::State::take() {
  const Capture& capture = sequence.next();
  look();
  set_color(capture.light.cct);
  cover();
  const Applied& applied = capture.applied;
  const double exposure = 1e-6 * applied.settings.exposure.count(), line = 1e-6 * applied.line_time.count();
  for (int band = 0; band < noisy.bands; band++) {
    const double row = (band + 0.5) * noisy.band_rows;
    band_flicker[static_cast<std::size_t>(band)] = sequence.light().flicker(1e-6 * applied.timestamp.count() + row * line, exposure);
  }
  fill(noisy, {scenario.sensor.noise > 0 ? capture.noise : NoiseModel{}, scenario.sensor.zone_noise}, true);
  if (noisy.phase_columns > 0) fill_phases(noisy);
  if (capture.corrupt) damage(noisy);
  truth_known = false;
}

std::vector<std::array<float, 2>> ZonePlant::State::zone_whites() const {
  std::vector<std::array<float, 2>> out;
  if (!(scenario.light.second_cct > 0)) return out;
  for (const ZoneScene::Zone& zone : scene.zones()) {
    const auto mixed = [&](std::size_t c) { return std::lerp(palette[0][c], second_palette[0][c], zone.second_light); };
    out.push_back({std::log(mixed(0) / mixed(1)), std::log(mixed(2) / mixed(1))});
  }
  return out;
}

FrameTruth ZonePlant::State::describe_truth() const {
  const Capture& capture = sequence.capture();
  FrameTruth out = truth_of(sequence, scenario, palette, second_palette);
  out.zone_white = zone_whites();
  double luma = 0;
  for (std::size_t i = 0; i < scene.zones().size(); i++) {
    const ZoneScene::Zone& zone = scene.zones()[i];
    const double covered = disc.radius > 0 ? coverage[i] : 0;
    for (std::size_t c = 0; c < 3; c++) {
      double sum = 0;
      for (float value : zone.color[c]) sum += double(value);
      luma += (1 - covered) * sum / ZoneScene::kCells * double(kRec709[c] / palette[0][c]);
      luma += covered * double(disc.reflectance * kRec709[c]);
    }
  }
  const double total = capture.applied.settings.exposure.count() * double(capture.applied.settings.analogue_gain);
  out.scene_luma = luma / double(scene.zones().size()) * double(capture.exposure_factor) * double(capture.light.lux) / total;
  return out;
}

ZonePlant::ZonePlant(const Scenario& scenario) : state_(std::make_unique<State>(scenario)) {}
ZonePlant::~ZonePlant() = default;
ZonePlant::ZonePlant(ZonePlant&&) noexcept = default;

const Statistics& ZonePlant::next() {
  state_->take();
  return state_->noisy;
}

const FrameTruth& ZonePlant::truth() const {
  if (!state_->truth_known) {
    state_->truth = state_->describe_truth();
    state_->fill(state_->clean, {}, false);
    state_->truth.clean = &state_->clean;
    state_->truth_known = true;
  }
  return state_->truth;
}

void ZonePlant::apply(const SensorSettings& settings) { state_->sequence.apply(settings); }

void ZonePlant::apply_bracket(std::span<const SensorSettings> steps) { state_->sequence.apply_bracket(steps); }

std::vector<CctPoint> ZonePlant::cct_curve() const { return state_->color.cct_curve(); }

void ZonePlant::set_colour_gains(const Vec3& gains) { state_->gains = gains; }

}  // namespace argent
