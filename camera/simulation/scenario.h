// camera/simulation/scenario.h - what a simulated camera sees and is: scene, light script, lens, sensor, seed. One YAML file.
//
// Everything has a default, so that the smallest scenario is an empty file.
#pragma once

#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "isp/geometry.h"
#include "isp/params.h"

namespace argent {

/// What lies before the lens. Radiance is reflectance x light; every kind has detail down to the pixel where `detail` is not 0.
struct SceneParams {
  std::string kind = "dead_leaves";  ///< dead_leaves, checker (spectral ColorChecker), stripes, grey, panorama
  float reflectance = 0.18f;         ///< mean, of scenes that have one
  float contrast = 1;                ///< of reflectances around the mean; 0: flat
  float detail = 1;                  ///< share of the contrast that is finer than a zone
  float colorfulness = 1;            ///< saturation of the reflectances; 0: all grey
  float distance = 2;                ///< metres, of the middle
  float depth = 0;                   ///< dioptres between the nearest and the farthest part
  float motion = 0;                  ///< field widths a second, of a moving subject; 0: nothing moves
  float highlight = 0;               ///< fraction of the field that a small bright spot covers; moves with `motion`
  float highlight_level = 50;        ///< of the spot, times white

  // Of a panorama. Its colors are relative to the light that falls on a level surface in it, so `light` says level and color as for any
  // other scene: such a surface gets light.lux and, if it is white, has the white of the light. Windows, lamps and the sun are brighter.
  std::string panorama;      ///< an OpenEXR file, 360 x 180 degrees
  float yaw = 0, pitch = 0;  ///< degrees, right and up of the file's middle
  float field_of_view = 60;  ///< degrees, of the frame's width
  float pan = 0;             ///< degrees a second that yaw grows by
};

/// At `time` the light is what the event says; with `ramp`, it gets there linearly (level: in EV) from what it was. NaN keeps.
struct LightEvent {
  float time = 0;                                       ///< seconds
  float ramp = 0;                                       ///< seconds
  float lux = std::numeric_limits<float>::quiet_NaN();  ///< illuminance on the scene
  float cct = std::numeric_limits<float>::quiet_NaN();  ///< kelvin
};

struct LightParams {
  float lux = 400;
  float cct = 5000;        ///< kelvin: daylight from 4000 up, Planckian below, unless `illuminant` names a spectrum
  std::string illuminant;  ///< a spectrum of the library by name (D50, A, FL11 ..); empty: from cct
  std::string panorama;    ///< an OpenEXR file whose upper half gives the light its color, for any scene; empty: from cct
  float tint = 0;          ///< Duv of the light, greenish positive
  std::vector<LightEvent> events;
  float second_cct = 0;        ///< of a second light from the right; 0: none
  float second_share = 0.5f;   ///< of the field that it rules
  float second_border = 0.2f;  ///< of the field's width, over which one light gives way to the other
  float flicker_hz = 0;        ///< of the light: 100 or 120; 0: steady
  float flicker_depth = 0;     ///< (max - min) / (max + min) of the light itself
};

struct LensParams {
  float focal_length = 4.7f;  ///< mm
  float f_number = 1.8f;
  float pixel_pitch = 1.4f;                   ///< um, of the full sensor binned to the frame: sets the circle of confusion
  float shading = 0.3f;                       ///< light lost in the corners
  float min_position = 0, max_position = 15;  ///< dioptres
  float start_position = 1;
  float lag = 1;             ///< frames: time constant of the motor
  float overshoot = 0;       ///< of a step
  float hysteresis = 0;      ///< dioptres: position differs by this between ways
  int latency = 1;           ///< frames until a command reaches the motor
  float breathing = 0;       ///< relative change of the field a dioptre
  float phase_gain = 0;      ///< pixels of disparity a dioptre of defocus; 0: no phase detection
  float phase_noise = 0.1f;  ///< pixels, standard deviation at full contrast
};

struct SensorParams {
  std::string model = "analytic";  ///< analytic, imx219, imx477, imx708, or a file of measured sensitivities in --spectra's folder
  Size size{640, 480};
  int bits = 10;
  bool packed = false;                           ///< frames as MIPI CSI-2 packs them, of 8, 10, 12 or 14 bits
  float frame_rate = 30;                         ///< Hz, slower when the exposure asks for it and max_frame_duration allows
  float max_frame_duration = 0;                  ///< seconds; 0: the frame rate is locked
  int exposure_latency = -1, gain_latency = -1;  ///< frames; -1: the model's own
  float noise = 1;                               ///< times the model's shot, read and row noise
  float zone_noise = 0;                          ///< relative noise on every zone mean on top of it: "1 % noise" of a test
  float defects = 0;                             ///< fraction of hot and dead pixels
  float drop_rate = 0;                           ///< fraction of frames that get lost
  float corrupt_rate = 0;                        ///< fraction of frames that arrive damaged
  float exposure_us = 10000, analogue_gain = 1;  ///< start settings
};

struct Scenario {
  std::string name;
  int frames = 300;
  int seed = 1;
  int columns = 16, rows = 12;    ///< zones of the plant
  std::filesystem::path spectra;  ///< a folder of measured spectra (`--spectra`); not of the file
  SceneParams scene;
  LightParams light;
  LensParams lens;
  SensorParams sensor;
};

/// References to all of it that is a number or a text, for `--set` and for tables.
std::vector<Field> fields_of(Scenario& scenario);

/// What no single value says: kinds that exist, files that go with them, bounds that hold for each other. Throws Error "<source>: ...".
void check(const Scenario& scenario, std::string_view source);

/// Throws Error with file, line, path, value and bound. Unknown keys name the nearest known one. The keys `request`, `vary`, `told` and
/// `expect` at the top belong to the contest and are passed over. Paths in a file are relative to its folder.
Scenario load_scenario(const std::filesystem::path& path);
Scenario parse_scenario(std::string_view yaml, std::string_view source, const std::filesystem::path& folder = {});

}  // namespace argent
