"""aeries"""
