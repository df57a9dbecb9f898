// calibration/training/thumbnail_writer.h - labelled statistics as a folder of linear thumbnails, the layout in which sets with measured
// lights are exchanged:
//
//   labels.csv    file,camera,r,g,b,kelvin,lux: of the light the camera's response to a white surface, g = 1; kelvin and lux are empty
//                 where they are not known
//   cameras.yaml  cameras: {NAME: {matrices: [{illuminant: 17, matrix: [9 numbers, XYZ to camera, row by row]}, ...]}}; `illuminant` is an
//                 EXIF LightSource code, as in DNG's CalibrationIlluminant1/2
//   *.png         16-bit RGB, a zone a pixel: the mean of the unclipped pixels, linear, 0 = black, 65535 = the picture's own largest
//                 number; 0, 0, 0 where a zone has no unclipped pixels. At most 0.5 / 65535 of the largest number is lost
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "calibration/evaluation/labelled_statistics.h"
#include "isp/color.h"
#include "models/runtime/overwrite.h"

namespace argent {

/// One or two matrices of each camera, by its name: what is in LabelledStatistics::sensor.
using CameraMatrices = std::map<std::string, std::vector<ColorMatrix>>;

/// `folder` is made when it is not there. The tables come last and each file appears whole, so that a run that was broken off leaves no set
/// behind that looks complete. An image without `light` gets that of its curve at its kelvin. Only cameras of `images` are written.
/// Throws Error, before anything is written: no images, a grid below 12x12 zones, a file's name that is a path or is there twice or is not
/// *.png, a camera without matrices or with one for a light that EXIF has no code for, an image whose light is not known or in which no
/// zone has light, names that CSV would need quotes for; a file that exists, with Overwrite::kNo. While writing: what the disk says.
void write_thumbnails(const std::filesystem::path& folder, std::span<const LabelledStatistics> images, const CameraMatrices& cameras,
                      Overwrite overwrite = Overwrite::kNo);

}  // namespace argent
