-- Databricks notebook source
DELETE FROM IDENTIFIER(:catalog || '.transit.positions') WHERE driver_id = :driver_id;

-- COMMAND ----------

DELETE FROM IDENTIFIER(:catalog || '.transit.board_delays') WHERE driver_id = :driver_id;
