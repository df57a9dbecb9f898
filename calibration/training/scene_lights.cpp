#include "calibration/training/scene_lights.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "camera/spectral/illuminants.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

/// Natural light of some temperatures, or a lamp.
struct LightRange {
  enum class Source { kNone, kNatural, kIndoorLamp, kStreetLamp };
  Source source = Source::kNone;
  float warmest = 0, coolest = 0;  ///< mired; of natural light
};

struct EmitterRange {
  Emitter::Shape shape = Emitter::Shape::kTop;
  float chance = 0, darkest = 0, brightest = 0;
  LightRange light{};  ///< kNone: the color of the scene's first light
};

/// Own numbers: illuminances and temperatures are of the order that such places have, taken from no standard; how often each occurs is a
/// guess at what people photograph. They hold as far as the tests compare: errors of classical estimators, looks of real pictures.
struct Situation {
  std::string_view name;
  float weight, darkest, brightest;  ///< lux
  LightRange first{};
  float second_chance = 0;
  LightRange second{};
  float weakest = 0, strongest = 0;  ///< the second light's strength, the first is 1
  bool outdoors = false;             ///< the borders of light are those of shadows
  EmitterRange emitter{};
  std::array<float, 4> surfaces{};  ///< grey, foliage, earth, paint
};

using Source = LightRange::Source;
using Shape = Emitter::Shape;

constexpr LightRange natural(float warmest, float coolest) { return {Source::kNatural, warmest, coolest}; }
constexpr LightRange kBlueSky = natural(90, 45), kAnyLamp{Source::kIndoorLamp}, kStreetLamp{Source::kStreetLamp}, kNone{};
constexpr bool kOutdoors = true, kIndoors = false;

// clang-format off
constexpr std::array kSituations{
    Situation{"sun",      .19f, 5e3f, 1.2e5f, natural(205, 160), .60f, natural(140, 85),  .08f, .3f,  kOutdoors,
              {Shape::kTop,       .50f,  .4f, 2,  kBlueSky},          {.22f, .32f, .30f, .16f}},
    Situation{"low sun",  .05f, 300,  2e4f,   natural(350, 215), .60f, natural(150, 80),  .10f, .5f,  kOutdoors,
              {Shape::kTop,       .40f,  .3f, 3,  natural(250, 80)},  {.22f, .32f, .30f, .16f}},
    Situation{"overcast", .14f, 500,  2.5e4f, natural(178, 140), .00f, kNone,             0,    0,    kOutdoors,
              {Shape::kTop,       .55f, 1.5f, 6,  natural(178, 130)}, {.22f, .32f, .30f, .16f}},
    Situation{"shade",    .09f, 300,  1e4f,   natural(150, 95),  .35f, natural(205, 165), 3,    9,    kOutdoors,
              {Shape::kTop,       .35f, 1,    6,  kBlueSky},          {.22f, .28f, .34f, .16f}},
    Situation{"twilight", .03f, 1,    300,    natural(140, 65),  .40f, kStreetLamp,       .20f, 5,    kOutdoors,
              {Shape::kTop,       .50f, 1,    5,  natural(140, 50)},  {.35f, .20f, .30f, .15f}},
    Situation{"window",   .17f, 30,   4e3f,   natural(205, 125), .40f, kAnyLamp,          .10f, 2.5f, kIndoors,
              {Shape::kRectangle, .50f, 3,    60, natural(185, 100)}, {.30f, .04f, .42f, .24f}},
    Situation{"lamps",    .28f, 8,    1500,   kAnyLamp,          .30f, kAnyLamp,          .15f, 2,    kIndoors,
              {Shape::kDisc,      .35f, 5,    80, kNone},             {.30f, .03f, .43f, .24f}},
    Situation{"street",   .05f, .3f,  60,     kStreetLamp,       .40f, kStreetLamp,       .15f, 2,    kIndoors,
              {Shape::kDisc,      .60f, 5,    80, kNone},             {.50f, .12f, .25f, .13f}},
};
// clang-format on

/// Between two measured lamps of the kind, oftener near one: makers differ, and rooms have both.
Spectrum measured_lamp(const SpectralWorld& world, LightKind kind, SceneRandom& random) {
  std::vector<const Spectrum*> lamps;
  for (const MeasuredLight& light : world.lights) {
    if (light.kind == kind) lamps.push_back(&light.power);
  }
  if (lamps.empty()) throw Error("a spectral world without lamps of a kind: tungsten, fluorescent, led and discharge are needed");
  Spectrum lamp = *lamps[random.below(lamps.size())];
  const Spectrum& other = *lamps[random.below(lamps.size())];
  const float share = random.chance(0.5f) ? 0 : random.uniform(0, 0.5f);
  for (std::size_t i = 0; i < kSamples; i++) lamp[i] = std::lerp(lamp[i], other[i], share);
  return lamp;
}

Spectrum draw_lamp(const SpectralWorld& world, const std::array<float, 4>& weights, SceneRandom& random) {
  constexpr std::array kKinds{LightKind::kTungsten, LightKind::kFluorescent, LightKind::kLed, LightKind::kDischarge};
  const LightKind kind = kKinds[random.weighted(weights)];
  // Dimmed bulbs and halogen: 2200 to 3300 K.
  if (kind == LightKind::kTungsten && random.chance(0.7f)) return planck(1e6f / random.uniform(300, 455));
  return measured_lamp(world, kind, random);
}

Spectrum draw_light(const SpectralWorld& world, const LightRange& range, SceneRandom& random) {
  Spectrum light{};
  if (range.source == Source::kNatural) light = natural_light(1e6f / random.uniform(range.coolest, range.warmest));
  if (range.source == Source::kIndoorLamp) light = draw_lamp(world, {.35f, .27f, .38f, 0}, random);
  if (range.source == Source::kStreetLamp) light = draw_lamp(world, {.05f, .05f, .45f, .45f}, random);
  // Off the locus, as air, glass and phosphors leave it: a broad green band more or less, 0.003 in Duv (one standard deviation).
  const float tint = 0.06f * random.normal();
  for (std::size_t i = 0; i < kSamples; i++) {
    const float x = (wavelength(i) - 540) / 40;
    light[i] *= std::max(0.0f, 1 + tint * std::exp(-x * x));
  }
  // What walls, lawns and leaves throw back, or let through, has their color.
  if (random.chance(0.2f)) {
    const Spectrum& wall = world.surfaces[random.below(world.surfaces.size())].reflectance;
    const float share = random.uniform(0, 0.3f);
    for (std::size_t i = 0; i < kSamples; i++) light[i] *= std::lerp(1.0f, wall[i], share);
  }
  return light;
}

}  // namespace

SceneLights draw_lights(const SpectralWorld& world, SceneRandom& random) {
  if (world.surfaces.empty()) throw Error("a spectral world without surfaces, expected at least one");
  std::array<float, kSituations.size()> weights{};
  for (std::size_t i = 0; i < weights.size(); i++) weights[i] = kSituations[i].weight;
  const Situation& situation = kSituations[random.weighted(weights)];
  SceneLights out;
  out.situation = situation.name;
  out.lux = random.log_uniform(situation.darkest, situation.brightest);
  out.first = draw_light(world, situation.first, random);
  out.outdoors = situation.outdoors;
  out.surfaces = situation.surfaces;
  if (random.chance(situation.second_chance)) {
    out.second = draw_light(world, situation.second, random);
    out.ratio = random.log_uniform(situation.weakest, situation.strongest);
  }
  const EmitterRange& range = situation.emitter;
  if (random.chance(range.chance)) {
    Emitter emitter{range.shape, out.first, random.log_uniform(range.darkest, range.brightest)};
    if (range.light.source != Source::kNone) emitter.light = draw_light(world, range.light, random);
    out.emitter = emitter;
  }
  return out;
}

}  // namespace argent
