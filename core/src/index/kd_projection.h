#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace strata {

// Coordinates of places on orthonormal axes, and how wrong they may be.
//
// The gap between coordinates is at most the distance between places, on paper. A computed coordinate is
// a.z with z = place - mean rounded once, so it is off by at most (n + 3) u |a| |z| (u = 2^-24). Rows are
// entered as computed; a query becomes an interval wide enough for its own error and that of any row; and
// what the axes lack of being orthonormal is in stretch(). So the squared gap between a query's interval and
// a box of rows' coordinates, divided by stretch(), is a true lower bound of the squared distance between
// the places.
class KdProjection {
 public:
  KdProjection() = default;
  // mean (d), axes (axis_count, d) row-major. row_radius: at least the |z| of every row.
  KdProjection(std::vector<float> mean, std::vector<float> axes, float row_radius);

  uint32_t dimension() const { return static_cast<uint32_t>(mean_.size()); }
  uint32_t axis_count() const { return axis_count_; }
  // Room for coordinates, padded for the kernels of boxes.
  uint32_t stride() const;
  std::span<const float> mean() const { return mean_; }
  // (axis_count, d) row-major.
  std::vector<float> Axes() const;
  float row_radius() const { return row_radius_; }
  void set_row_radius(float radius) { row_radius_ = radius; }
  size_t memory_bytes() const { return (mean_.size() + axes_.size()) * sizeof(float); }

  // At least the squared norm of the map to coordinates, with room for the rounding of SquaredGap().
  double stretch() const { return stretch_; }

  // Floats that a place takes below: its own, and some to pad it.
  size_t place_stride() const { return place_stride_; }

  // Writes stride() coordinates of the place, which is overwritten with z; returns |z|.
  float Coordinates(float* place, float* coordinates) const;
  // The same for a query: the interval of each coordinate. An axis on which floats overflow has an infinite
  // one.
  void Interval(float* place, float* low, float* high) const;

 private:
  std::vector<float> mean_;
  std::vector<float> axes_;  // (stride, place_stride), padded with zeros.
  size_t place_stride_ = 0;
  uint32_t axis_count_ = 0;
  float row_radius_ = 0;
  double stretch_ = 1;
};

}  // namespace strata
