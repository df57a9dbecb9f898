#include "isp/warp.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

#include "models/runtime/error.h"
#include "tests/reference/frames.h"
#include "tests/reference/targets.h"
#include "tests/reference/warp.h"

namespace argent {
namespace {

LinearPicture random_picture(BufferPool& pool, Size size) {
  LinearPicture picture = lease_linear(pool, size.width, size.height);
  std::mt19937 random(7);
  for (std::size_t i = 0; i < picture.pixels.number_of_elements(); i++)
    picture.pixels.data()[i] = static_cast<float>(random() >> 8) / static_cast<float>(1 << 24);
  return picture;
}

/// Displacements by node, color and axis, with room for every pixel.
template <class Shift>
WarpMesh mesh_of(Size size, int step, const Shift& shift) {
  WarpMesh mesh{step, (size.width - 1) / step + 2, (size.height - 1) / step + 2, {0, 0, size.width, size.height}, {}};
  for (int color = 0; color < 3; color++) {
    for (int axis = 0; axis < 2; axis++) {
      for (int row = 0; row < mesh.rows; row++) {
        for (int column = 0; column < mesh.columns; column++)
          mesh.shift.push_back(static_cast<float>(shift(column * step, row * step, color, axis)));
      }
    }
  }
  return mesh;
}

/// `within`: places are rounded to 1/512 pixel where weights are looked up.
void expect_twin(Size size, const WarpMesh& mesh, double within) {
  BufferPool pool;
  const LinearPicture in = random_picture(pool, size);
  for (const CpuTarget cpu : reference::runnable_targets()) {
    KernelContext context(pool, 2);
    const LinearPicture out = warped(kernels_for(cpu), context, in, mesh, size);
    for (int c = 0; c < 3; c++) {
      const auto shift = [&](int x, int y, int axis) {
        const auto node = [&](int column, int row) {
          return mesh.shift[static_cast<std::size_t>(((2 * c + axis) * mesh.rows + row) * mesh.columns + column)];
        };
        return reference::between_nodes_of(node, mesh.step, x, y);
      };
      for (int y = 0; y < size.height; y++) {
        for (int x = 0; x < size.width; x++) {
          const double expected = reference::sampled([&](int i, int j) { return in.pixels(i, j, c); }, size.width, size.height,
                                                     x + shift(x, y, 0), y + shift(x, y, 1));
          ASSERT_NEAR(out.pixels(x, y, c), expected, within) << name_of(cpu) << ' ' << x << ' ' << y << ' ' << c;
        }
      }
    }
  }
}

TEST(Warp, EqualsItsTwin) {
  for (const Size size : reference::kOddSizes) {
    expect_twin(size,
                mesh_of(size, 8,
                        [](int x, int y, int color, int axis) {
                          return 9 * std::sin(0.05 * x + 0.11 * y + color) * (axis == 0 ? 1 : -0.7) + 3 * axis + 0.125 * color;
                        }),
                5e-3);
  }
}

// What lenses do, with and without a turn by which rows of a block differ, magnified and squeezed as far as goes, and beyond the borders.
TEST(Warp, EqualsItsTwinWhereMeshesHardlyTurn) {
  const Size size{211, 97};
  for (const double stretch : {-0.97, -0.3, 0.01, 0.68}) {
    for (const double turn : {0.0, 0.06, -0.06}) {
      SCOPED_TRACE(testing::Message() << "stretch " << stretch << " turn " << turn);
      expect_twin(size,
                  mesh_of(size, 16,
                          [&](int x, int y, int color, int axis) {
                            const double bend = 0.01 * std::sin(0.1 * x + 0.2 * y + color);
                            return axis == 0 ? stretch * (x - 90) - 7.3 * color + bend
                                             : turn * (x - 100) + 0.2 * (y - 40) + 0.4 * color + bend;
                          }),
                  5e-3);
    }
  }
}

// A picture that nobody else has is warped where it lies, a color after the other.
TEST(Warp, InPlaceIsTheSame) {
  BufferPool pool;
  KernelContext context(pool, 2);
  const Size size{141, 83};
  const Kernels& kernels = kernels_for(best_cpu_target());
  for (const int step : {8, 16}) {
    const WarpMesh mesh = mesh_of(size, step, [](int x, int y, int color, int axis) {
      return (0.02 + 0.01 * color) * ((axis == 0 ? x : y) - 40) + (axis == 0 ? 0.01 * y : 0.02 * x);
    });
    LinearPicture picture = random_picture(pool, size);
    const float* memory = picture.pixels.begin();
    const LinearPicture apart = warped(kernels, context, picture, mesh, size),
                        there = warped(kernels, context, std::move(picture), mesh, size);
    EXPECT_EQ(there.pixels.begin() + there.pixels.dim(2).stride(), memory);
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < size.height; y++) {
        for (int x = 0; x < size.width; x++) ASSERT_EQ(there.pixels(x, y, c), apart.pixels(x, y, c)) << x << ',' << y << ' ' << c;
      }
    }
  }
}

TEST(Warp, WholePixelsMoveBitForBitAndTheBorderIsRepeated) {
  BufferPool pool;
  const Size size{37, 21};
  const LinearPicture in = random_picture(pool, size);
  for (const int dx : {0, 5, -7, 60, -1000}) {
    const int dy = dx / 3;
    const WarpMesh mesh = mesh_of(size, 16, [&](int, int, int, int axis) { return axis == 0 ? dx : dy; });
    for (const CpuTarget cpu : reference::runnable_targets()) {
      KernelContext context(pool, 1);
      const LinearPicture out = warped(kernels_for(cpu), context, in, mesh, size);
      for (int y = 0; y < size.height; y++) {
        for (int x = 0; x < size.width; x++)
          ASSERT_EQ(out.pixels(x, y, 2), in.pixels(std::clamp(x + dx, 0, size.width - 1), std::clamp(y + dy, 0, size.height - 1), 2));
      }
    }
  }
}

TEST(Warp, ColorsOfWhichOneStaysAreMovedApart) {
  BufferPool pool;
  KernelContext context(pool, 2);
  const LinearPicture in = random_picture(pool, {76, 54});
  const Size size{70, 50};
  const auto shift = [](int x, int y, int color, int axis) { return (axis == 0 ? 3 : 2) + (color - 1) * 0.01 * (x + y); };
  const LinearPicture out = warped(kernels_for(best_cpu_target()), context, in, mesh_of(size, 8, shift), size);
  for (int y = 0; y < size.height; y++) {
    for (int x = 0; x < size.width; x++) {
      ASSERT_EQ(out.pixels(x, y, 1), in.pixels(x + 3, y + 2, 1));
      for (const int c : {0, 2}) {
        const double expected =
            reference::sampled([&](int i, int j) { return in.pixels(i, j, c); }, 76, 54, x + shift(x, y, c, 0), y + shift(x, y, c, 1));
        ASSERT_NEAR(out.pixels(x, y, c), expected, 0.02) << x << "," << y << " " << c;
      }
    }
  }
}

TEST(Warp, LightIsKept) {
  BufferPool pool;
  LinearPicture in = lease_linear(pool, 40, 30);
  std::fill_n(in.pixels.data(), in.pixels.number_of_elements(), 1.7f);
  const WarpMesh mesh = mesh_of({40, 30}, 8, [](int x, int y, int, int) { return 0.37 * x - 0.11 * y; });
  KernelContext context(pool, 1);
  const LinearPicture out = warped(kernels_for(best_cpu_target()), context, in, mesh, {40, 30});
  for (std::size_t i = 0; i < out.pixels.number_of_elements(); i++) ASSERT_NEAR(out.pixels.data()[i], 1.7f, 2e-6);
}

RawFrame frame_of(Size size, const std::vector<WarpRectilinear>& warps) {
  RawFrame frame;
  frame.sensor.active = size;
  DngOpcodes opcodes;
  for (const WarpRectilinear& warp : warps) opcodes.demosaiced.push_back({1, 0x01030000, 0, warp});
  frame.opcodes = std::make_shared<const DngOpcodes>(opcodes);
  return frame;
}

WarpRectilinear strong_warp() {
  WarpRectilinear warp;
  warp.planes = {{{1.002, -0.14, 0.06, -0.02}, {1e-3, -2e-3}}, {{1, -0.141, 0.06, -0.02}, {}}, {{0.999, -0.139, 0.061, -0.02}, {}}};
  warp.center_x = 0.49;
  return warp;
}

/// Of places between the nodes, from those that the geometry says.
double worst_error(const PictureGeometry& geometry, Rect area, const WarpMesh& mesh) {
  std::mt19937 random(5);
  double worst = 0;
  for (int n = 0; n < 4000; n++) {
    // Middles of cells are worst; others are drawn, too.
    int x = static_cast<int>(random() % static_cast<unsigned>(area.width)),
        y = static_cast<int>(random() % static_cast<unsigned>(area.height));
    if (n % 2 == 0) {
      x = std::min(x / mesh.step * mesh.step + mesh.step / 2, area.width - 1);
      y = std::min(y / mesh.step * mesh.step + mesh.step / 2, area.height - 1);
    }
    for (int c = 0; c < 3; c++) {
      const auto at = [&](int axis, int along) {
        const auto node = [&](int column, int row) {
          return mesh.shift[static_cast<std::size_t>(((2 * c + axis) * mesh.rows + row) * mesh.columns + column)];
        };
        return along + reference::between_nodes_of(node, mesh.step, x, y) + 0.5 + (axis == 0 ? mesh.source.x : mesh.source.y);
      };
      const Place exact = geometry.on_sensor({area.x + x + 0.5, area.y + y + 0.5}, static_cast<std::size_t>(c));
      worst = std::max(worst, std::hypot(at(0, x) - exact.x, at(1, y) - exact.y));
    }
  }
  return worst;
}

TEST(WarpMesh, IsWithinAFiftiethOfAPixel) {
  for (const Size size : {Size{4000, 3000}, Size{9000, 6000}, Size{640, 480}, Size{50, 31}}) {
    for (const float rotate : {0.0f, 7.0f}) {
      const RawFrame frame = frame_of(size, {strong_warp()});
      PipelineParams params;
      params.geometry = {.distortion = -0.1f, .ca_red = 1.001f, .ca_blue = 0.998f, .ca_auto = false, .rotate = rotate};
      const PictureGeometry geometry(frame, params);
      const Rect area{size.width / 20, size.height / 20, size.width - size.width / 10, size.height - size.height / 10};
      const auto mesh = make_warp_mesh(geometry, area, size);
      ASSERT_TRUE(mesh);
      EXPECT_LT(worst_error(geometry, area, *mesh), 0.02) << size.width << " step " << mesh->step;
      EXPECT_LE(static_cast<std::size_t>(mesh->columns) * static_cast<std::size_t>(mesh->rows) * 6, mesh->shift.size());
    }
  }
}

TEST(WarpMesh, ReadsNoMoreOfTheSensorThanItNeeds) {
  const Size size{4000, 3000};
  PipelineParams params;
  params.geometry.distortion = 0.05f;
  const PictureGeometry geometry(frame_of(size, {}), params);
  const auto mesh = make_warp_mesh(geometry, {100, 100, 200, 200}, size);
  ASSERT_TRUE(mesh);
  EXPECT_LT(mesh->source.width, 300);
  EXPECT_LT(mesh->source.height, 300);
  const auto whole = make_warp_mesh(geometry, {0, 0, 4000, 3000}, size);
  EXPECT_GE(whole->source.x, 0);
  EXPECT_LE(whole->source.x + whole->source.width, 4000);
}

TEST(WarpMesh, WhatMovesLessThanAThousandthOfAPixelIsLeftOut) {
  const Size size{3000, 2000};
  const Rect all{0, 0, 3000, 2000};
  WarpRectilinear warp;
  warp.planes = {{{1, 0, 0, 0}, {}}};
  EXPECT_FALSE(make_warp_mesh(PictureGeometry(frame_of(size, {}), {}), all, size));
  EXPECT_FALSE(make_warp_mesh(PictureGeometry(frame_of(size, {warp}), {}), all, size));
  warp.planes[0].radial[1] = 4e-7;  // 0.0007 pixels in a corner
  EXPECT_FALSE(make_warp_mesh(PictureGeometry(frame_of(size, {warp}), {}), all, size));
  warp.planes[0].radial[1] = 2e-6;
  EXPECT_TRUE(make_warp_mesh(PictureGeometry(frame_of(size, {warp}), {}), all, size));
}

TEST(WarpMesh, WildNumbersDoNoHarm) {
  WarpRectilinear warp;
  warp.planes = {{{1e30, -1e30, 1e200, 0}, {}}};
  const Size size{64, 48};
  const auto mesh = make_warp_mesh(PictureGeometry(frame_of(size, {warp}), {}), {0, 0, 64, 48}, size);
  ASSERT_TRUE(mesh);
  EXPECT_GE(mesh->source.width, 1);
  EXPECT_LE(mesh->source.width, 64);
  BufferPool pool;
  KernelContext context(pool, 1);
  const LinearPicture out =
      warped(kernels_for(best_cpu_target()), context, random_picture(pool, {mesh->source.width, mesh->source.height}), *mesh, size);
  for (std::size_t i = 0; i < out.pixels.number_of_elements(); i++) ASSERT_TRUE(std::isfinite(out.pixels.data()[i]));
  warp.planes[0].radial = {1, 1e308, 1e308, 1e308};
  warp.center_x = 900;
  EXPECT_THROW(make_warp_mesh(PictureGeometry(frame_of(size, {warp}), {}), {0, 0, 64, 48}, size), Error);
}

}  // namespace
}  // namespace argent
