#include "calibration/training/synthetic_scenes.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "aaa/illuminants/zone_colors.h"
#include "calibration/evaluation/balance_score.h"
#include "calibration/training/scene_layout.h"
#include "calibration/training/scene_lights.h"
#include "calibration/training/scene_random.h"
#include "calibration/training/zone_exposure.h"
#include "camera/spectral/reflectances.h"
#include "isp/number_text.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr std::uint64_t kAttempts = 200;
constexpr float kLikeLights = 1.5f;  // degrees: two lights that differ by less are one answer

void check(const SyntheticOptions& o) {
  const auto in = [](const char* name, auto value, double low, double high) {
    if (value >= low && value <= high) return;
    throw Error("synthetic scenes: ", name, " = ", shortest_text(value), ", expected ", shortest_text(low), " to ", shortest_text(high));
  };
  in("columns", o.columns, 1, Statistics::kMaxGrid);
  in("rows", o.rows, 1, Statistics::kMaxGrid);
  in("curve_error", o.curve_error, 0, 1);
  in("unknown_lux", o.unknown_lux, 0, 1);
  in("min_share", o.min_share, 0.5, 0.9);
  in("max_off_curve", o.max_off_curve, 0.01, 10);
  if (o.cameras == 0) throw Error("synthetic scenes: cameras = 0, expected at least 1");
}

std::uint64_t camera_number(std::uint64_t seed, std::uint64_t index, const SyntheticOptions& options) {
  // A stream of its own, so that attempts at the scene keep their camera.
  SceneRandom random(seed, SceneStream::kScene, index, 0xffff);
  return (static_cast<std::uint64_t>(random.bits()) << 32 | random.bits()) % options.cameras;
}

/// The surfaces that a scene is made of. Most things are duller than the paints of color charts: chroma is drawn, and shared in part by the
/// things of one scene. Three scenes in ten have a main color that is not dulled: lawn, wood, a wall, green paper.
std::vector<Spectrum> draw_materials(const SpectralWorld& world, const SceneLights& lights, SceneRandom& random) {
  const auto count = static_cast<std::size_t>(random.log_uniform(4, 40));
  const float colorfulness = random.log_uniform(0.25f, 1);
  const bool dominated = random.chance(0.3f);
  std::vector<Spectrum> materials;
  while (materials.size() < count) {
    const auto kind = static_cast<SurfaceKind>(random.weighted(lights.surfaces));
    const Surface* surface = &world.surfaces[random.below(world.surfaces.size())];
    // Kinds that the world lacks leave it at any surface.
    for (int i = 0; i < 64 && surface->kind != kind; i++) surface = &world.surfaces[random.below(world.surfaces.size())];
    Spectrum material = surface->reflectance;
    float chroma = std::min(1.0f, colorfulness * std::exp(0.8f * random.normal()));
    if (kind == SurfaceKind::kFoliage) chroma = std::min(1.0f, 2 * chroma);  // its spectra are those of leaves, not of paint
    if (materials.empty() && dominated) chroma = random.uniform(0.4f, 1);
    float grey = 0;
    for (float value : material) grey += value / static_cast<float>(kSamples);
    const float albedo = std::exp(0.25f * random.normal());
    for (float& value : material) value = std::clamp(albedo * std::lerp(grey, value, chroma), 0.01f, 0.95f);
    materials.push_back(material);
  }
  return materials;
}

/// What a sensor makes of one light on all materials, in units of the green that it makes of white under the first light.
struct LitMaterials {
  Vec3 white{};
  std::vector<Vec3> colors{};
};

LitMaterials lit(const Sensitivities& sensor, const Spectrum& light, const std::vector<Spectrum>& materials, float strength) {
  const auto scaled = [strength](Vec3 color) { return Vec3{strength * color[0], strength * color[1], strength * color[2]}; };
  LitMaterials out{scaled(response(sensor, light, white_surface()))};
  for (const Spectrum& material : materials) out.colors.push_back(scaled(response(sensor, light, material)));
  return out;
}

/// A drawn scene under its lights.
struct LitScene {
  std::string_view situation;
  float lux = 0;
  Vec3 truth{};  ///< of white
  std::vector<ZoneLight> zones{};
};

/// The color of the light that gives most to the zones; nullopt when none gives enough more than the other.
std::optional<Vec3> clear_answer(const std::vector<LayoutZone>& zones, const LitMaterials& first, const LitMaterials& second, float ratio,
                                 float min_share) {
  if (!(ratio > 0)) return first.white;
  double of_first = 0, of_second = 0;
  for (const LayoutZone& zone : zones) {
    const float seen = zone.shading * (1 - zone.emitter);
    of_first += seen * (1 - zone.second);
    of_second += seen * zone.second * ratio;
  }
  const Vec3& stronger = of_first >= of_second ? first.white : second.white;
  const bool clear = std::max(of_first, of_second) >= static_cast<double>(min_share) * (of_first + of_second);
  if (!clear && angular_error(first.white, second.white) > kLikeLights) return std::nullopt;
  return stronger;
}

std::optional<LitScene> draw_scene(const SpectralWorld& world, const SyntheticCamera& camera, const SyntheticOptions& options,
                                   SceneRandom& random, SceneRandom& grain) {
  const SceneLights lights = draw_lights(world, random);
  const std::vector<Spectrum> materials = draw_materials(world, lights, random);
  const std::vector<LayoutZone> layout = draw_layout(options.columns, options.rows, materials.size(), lights, random, grain);
  const LitMaterials first = lit(camera.sensitivities, lights.first, materials, 1);
  const LitMaterials second = lights.ratio > 0 ? lit(camera.sensitivities, lights.second, materials, lights.ratio) : first;
  const Vec3 emitter = lights.emitter ? lit(camera.sensitivities, lights.emitter->light, {}, lights.emitter->luminance).white : Vec3{};
  const auto truth = clear_answer(layout, first, second, lights.ratio, options.min_share);
  if (!truth) return std::nullopt;
  LitScene scene{lights.situation, lights.lux, *truth, std::vector<ZoneLight>(layout.size())};
  for (std::size_t i = 0; i < layout.size(); i++) {
    const LayoutZone& zone = layout[i];
    for (std::size_t c = 0; c < 3; c++) {
      const auto surface = [&](const LitMaterials& light) {
        return zone.shading * zone.albedo * std::lerp(light.colors[zone.material][c], light.colors[zone.other][c], zone.blend) +
               zone.specular * light.white[c];
      };
      scene.zones[i].color[c] = std::lerp(std::lerp(surface(first), surface(second), zone.second), emitter[c], zone.emitter);
    }
    scene.zones[i].contrast = zone.contrast;
  }
  return scene;
}

/// Of the nearest point of the picture's curve: where its score would put an estimate that is the truth.
float kelvin_of(const LabelledStatistics& image) { return score_of(image, {*image.light, {}, 1}, "truth").kelvin; }

/// As a light meter has it: what the zones' mean would be under that much light if the scene were 18 % grey; its own error beside.
float metered_lux(const LitScene& scene, SceneRandom& random) {
  double mean = 0;
  for (const ZoneLight& zone : scene.zones) mean += std::min(zone.color[1], 4.0f) / static_cast<double>(scene.zones.size());
  return scene.lux * static_cast<float>(mean / 0.18) * std::exp(0.15f * random.normal());
}

}  // namespace

SyntheticCamera camera_of_scene(const SpectralWorld& world, std::uint64_t seed, std::uint64_t index, const SyntheticOptions& options) {
  check(options);
  return synthetic_camera(world, seed, camera_number(seed, index, options), options.curve_error);
}

LabelledStatistics synthetic_scene(const SpectralWorld& world, std::uint64_t seed, std::uint64_t index, const SyntheticOptions& options) {
  const SyntheticCamera camera = camera_of_scene(world, seed, index, options);
  for (std::uint64_t attempt = 0; attempt < kAttempts; attempt++) {
    SceneRandom random(seed, SceneStream::kScene, index, attempt), grain(seed, SceneStream::kZones, index, attempt);
    const std::optional<LitScene> scene = draw_scene(world, camera, options, random, grain);
    if (!scene) continue;
    LabelledStatistics out;
    out.light = {std::log(scene->truth[0] / scene->truth[1]), std::log(scene->truth[2] / scene->truth[1])};
    out.file = "scene_" + std::to_string(seed) + "_" + std::to_string(index) + ".png";
    out.user = "synthetic";
    out.sensor = camera.name;
    out.scene = scene->situation;
    out.prior.curve = camera.curve;
    out.kelvin = kelvin_of(out);
    if (curve_offset(out.prior, (*out.light)[0], (*out.light)[1]).distance > options.max_off_curve) continue;
    out.prior.min_cct = camera.curve.front().cct;
    out.prior.max_cct = camera.curve.back().cct;
    const float lux = metered_lux(*scene, random);
    out.lux = out.prior.lux = random.chance(options.unknown_lux) ? 0 : lux;
    const ZoneExposure exposure = draw_exposure(scene->zones, scene->lux, random);
    out.statistics = expose(scene->zones, options.columns, options.rows, exposure, grain);
    return out;
  }
  throw Error("synthetic scene ", index, ": no clear answer in ", kAttempts, " draws, expected wider options or a wider world of lights");
}

}  // namespace argent
