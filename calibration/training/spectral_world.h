// calibration/training/spectral_world.h - what synthetic scenes are made of: measured cameras, lights and surfaces.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "camera/spectral/sensitivities.h"
#include "camera/spectral/spectrum.h"

namespace argent {

struct MeasuredCamera {
  std::string name;             ///< of its file: "Nikon_D810"
  Sensitivities sensitivities;  ///< the largest sample of the three is 1
};

enum class LightKind {
  kReference,  ///< CIE's equal-energy illuminant and standards of daylight, of which camera/spectral has the formula: never drawn
  kTungsten,
  kFluorescent,
  kLed,
  kDischarge,  ///< sodium, mercury, metal halide, xenon
};

struct MeasuredLight {
  std::string name;  ///< of its file: "FL11", "C100S54C_HPS_"
  LightKind kind = LightKind::kReference;
  Spectrum power;  ///< 1 at 560 nm, or at the brightest sample where there is nothing at 560
};

enum class SurfaceKind {
  kGrey,     ///< CIELAB chroma below 8
  kFoliage,  ///< yellowish green with the red edge of chlorophyll
  kEarth,    ///< soil, wood, skin, brick: hue from red to yellow, chroma from 8 to 50
  kPaint,    ///< everything else
};

struct Surface {
  Spectrum reflectance;  ///< 0 and up; fluorescent paint may pass 1
  SurfaceKind kind = SurfaceKind::kPaint;
};

/// Plain data: who wants cameras held out erases them. A scene depends on what is in here and on its order.
struct SpectralWorld {
  std::vector<MeasuredCamera> cameras;  ///< by name
  std::vector<MeasuredLight> lights;    ///< by file name
  std::vector<Surface> surfaces;        ///< as in the file
};

/// A folder of cameras/*.json and reflectances/*.json (rawtoaces' form, 380 to 780 nm in steps of 5), illuminants/illum__NAME.csv and
/// illuminants/light__NAME.csv ("wavelength,power"; other names are left alone). A light's kind is known by its name. Throws Error, with
/// the file: another form, a name that says no kind, no camera, no surface, or none of one of the kinds that are drawn.
SpectralWorld load_spectral_world(const std::filesystem::path& folder);

}  // namespace argent
